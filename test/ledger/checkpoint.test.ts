import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CheckpointMalformed,
  checkpointText,
  keyHash,
  logKeyText,
  parseCheckpoint,
  signedText,
} from '../../services/ledger/checkpoint.ts';
import { hex } from '../../services/ledger/merkle.ts';
import { isSignedBy, logSigner, publicKeyObject } from '../../services/ledger/signing-key.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** RFC 8032 §7.1, test 1: seed and public key. */
const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const publicKey = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';

const unsigned = {
  logId: '0d6a1b5c-7a53-4c0e-9f5e-3f4dbe0f7a11',
  epoch: 1,
  size: 1234,
  root: 'ab'.repeat(32),
  sealedAt: 1_700_000_000_123,
};

describe('checkpoint', () => {
  const signer = logSigner(seed);
  const checkpoint = signer.sign(unsigned);
  const text = checkpointText(checkpoint, signer.publicKey);

  test('the public key follows from the seed as RFC 8032 says', () => {
    assert.equal(hex(signer.publicKey), publicKey);
  });

  test('its text is that of docs/formats.md', () => {
    const lines = text.split('\n');
    assert.deepEqual(lines.slice(0, 5), [
      '0d6a1b5c-7a53-4c0e-9f5e-3f4dbe0f7a11/1',
      '1234',
      'q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=',
      '1700000000123',
      '',
    ]);
    const [dash, name, signature] = lines[5]!.split(' ');
    assert.equal(dash, '\u2014');
    assert.equal(name, lines[0]);
    const octets = Buffer.from(signature!, 'base64');
    assert.equal(octets.length, 4 + 64);
    assert.deepEqual(octets.subarray(0, 4), keyHash(name!, signer.publicKey));
    assert.equal(lines.length, 7);
    assert.equal(signedText(unsigned), `${lines.slice(0, 4).join('\n')}\n`);
  });

  test('what was written is read again, and its signature holds', () => {
    const { keyHash: hash, ...parsed } = parseCheckpoint(text);
    assert.deepEqual(parsed, checkpoint);
    assert.equal(hash, keyHash('0d6a1b5c-7a53-4c0e-9f5e-3f4dbe0f7a11/1', signer.publicKey).toString('hex'));
    assert.ok(isSignedBy(parsed, publicKeyObject(signer.publicKey)));
  });

  test('no other content and no other key passes under the signature', () => {
    const key = publicKeyObject(signer.publicKey);
    const others = [
      { size: 1235 },
      { root: 'ac'.repeat(32) },
      { epoch: 2 },
      { sealedAt: 1 },
      { logId: crypto.randomUUID() },
    ];
    for (const other of others)
      assert.ok(!isSignedBy({ ...checkpoint, ...other }, key), JSON.stringify(other));
    assert.ok(!isSignedBy(checkpoint, publicKeyObject(logSigner(Buffer.alloc(32, 1)).publicKey)));
  });

  test('signatures of witnesses beside it are passed over', () => {
    const witnessed = `${text}— witness.example AAAAAAAA\n`;
    assert.equal(parseCheckpoint(witnessed).signature, checkpoint.signature);
    assert.equal(
      parseCheckpoint(text.replace('\n\n', '\n\n— witness.example AAAAAAAA\n')).signature,
      checkpoint.signature,
    );
  });

  test('log.pub names log, key hash and key', () => {
    const line = logKeyText({ ...unsigned, publicKey: signer.publicKey });
    const [, name, hash, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)\n$/.exec(line)!;
    assert.equal(name, '0d6a1b5c-7a53-4c0e-9f5e-3f4dbe0f7a11/1');
    assert.equal(hash, keyHash(name!, signer.publicKey).toString('hex'));
    assert.equal(Buffer.from(encoded!, 'base64').toString('hex'), `01${publicKey}`);
  });

  test('what is no checkpoint is refused by name', () => {
    const wrong = [
      '',
      'hello',
      text.replace('1234', '01234'),
      text.replace('1234', '-1'),
      text.replace('1234', '0'),
      text.replace('/1\n', '/0\n'),
      text.replace('q6urq6ur', 'q6ur'),
      text.replace('6s=\n', '6t=\n'),
      text.replace('\n1700000000123', ''),
      text.replace('\n\n', '\n'),
      text.replace('— 0d', '- 0d'),
      text.replace('— 0d6a', '— 0d6b'),
      text.replaceAll('\n', '\r\n'),
      `${text.slice(0, -6)}\n`,
      ` ${text}`,
      text + 'x'.repeat(20_000),
    ];
    for (const each of wrong)
      assert.throws(() => parseCheckpoint(each), CheckpointMalformed, JSON.stringify(each.slice(0, 300)));
  });

  test('any octet changed is either refused or no longer signed', () => {
    const random = seededRandom(8032);
    const key = publicKeyObject(signer.publicKey);
    for (let round = 0; round < 400; round++) {
      const octets = Buffer.from(text);
      const place = Math.floor(random() * octets.length);
      octets[place]! ^= 1 << Math.floor(random() * 8);
      assert.ok(!passes(octets.toString('utf8'), key), `octet ${place}`);
    }
  });

  function passes(altered: string, key: ReturnType<typeof publicKeyObject>): boolean {
    try {
      const parsed = parseCheckpoint(altered);
      const sameKey = parsed.keyHash === parseCheckpoint(text).keyHash;
      return sameKey && isSignedBy(parsed, key);
    } catch (error) {
      if (error instanceof CheckpointMalformed) return false;
      throw error;
    }
  }
});
