/** Body hashes of signatures: the examples of RFC 6376 §3.4.3 to §3.4.5, in whatever pieces they come. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { type BodyCanonicalization, BodyHash } from '../../services/mail/body-hash.ts';
import { SignedOctetsScan } from '../../services/mail/signed-octets.ts';
import { seededRandom } from '../support/seeded-random.ts';

const sha256 = (text: string) => createHash('sha256').update(text, 'latin1').digest('base64');

function hashOf(
  body: string,
  canonicalization: BodyCanonicalization,
  pieces: readonly number[] = [],
): string {
  const octets = Buffer.from(body, 'latin1');
  const hash = new BodyHash(canonicalization);
  let at = 0;
  for (const piece of pieces) {
    hash.push(octets.subarray(at, at + piece));
    at += piece;
  }
  hash.push(octets.subarray(at));
  return hash.finish().hash;
}

describe('a body hash', () => {
  test('of the example in RFC 6376 §3.4.5', () => {
    const body = ' C \r\nD \t E\r\n\r\n\r\n';
    assert.equal(hashOf(body, 'relaxed'), sha256(' C\r\nD E\r\n'));
    assert.equal(hashOf(body, 'simple'), sha256(' C \r\nD \t E\r\n'));
  });

  test('of an empty body, as RFC 6376 prints it', () => {
    assert.equal(hashOf('', 'simple'), 'frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=');
    assert.equal(hashOf('', 'relaxed'), '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
    assert.equal(hashOf('\r\n\r\n \t\r\n', 'relaxed'), sha256(''));
    assert.equal(hashOf('\r\n\r\n', 'simple'), sha256('\r\n'));
  });

  test('adds the last line end, and takes lone CR and LF for octets', () => {
    assert.equal(hashOf('a', 'relaxed'), sha256('a\r\n'));
    assert.equal(hashOf('a\rb\nc\r\r\nd', 'relaxed'), sha256('a\rb\nc\r\r\nd\r\n'));
    assert.equal(hashOf('a\rb\nc\r\r\nd', 'simple'), sha256('a\rb\nc\r\r\nd\r\n'));
  });

  test('covers so many octets as l= says', () => {
    const hash = new BodyHash('relaxed', 'sha256', 4);
    hash.push(Buffer.from('ab\r\ncd\r\n'));
    assert.deepEqual(hash.finish(), { hash: sha256('ab\r\n'), canonicalOctets: 8 });
  });

  test('is the same however the octets are cut', () => {
    const random = seededRandom(7);
    const letters = [' ', '\t', '\r\n', '\r\n', 'a', 'b', '\r', '\n', '.'];
    for (let round = 0; round < 300; round++) {
      const body = Array.from({ length: 40 }, () => letters[Math.floor(random() * letters.length)]).join('');
      const pieces = Array.from({ length: 12 }, () => Math.floor(random() * 6));
      assert.equal(hashOf(body, 'relaxed', pieces), hashOf(body, 'relaxed'), JSON.stringify(body));
      assert.equal(hashOf(body, 'simple', pieces), hashOf(body, 'simple'), JSON.stringify(body));
    }
  });
});

describe('what signatures want to know', () => {
  const scanned = (mail: string) => {
    const scan = new SignedOctetsScan();
    for (const octet of Buffer.from(mail, 'latin1')) scan.push(Buffer.from([octet]));
    return scan.finish();
  };

  test('is the header and a hash for each way that a signature names', () => {
    const header =
      'DKIM-Signature: v=1; a=rsa-sha256;\r\n c=relaxed/ relaxed; d=x.example\r\n' +
      'ARC-Message-Signature: i=1; a=rsa-sha256; l=3\r\nFrom: a@x.example';
    const { header: octets, bodyHashes } = scanned(`${header}\r\n\r\nab  cd\r\n`);
    assert.equal(Buffer.from(octets!).toString(), header);
    assert.deepEqual(
      bodyHashes.map(({ way, hash }) => [way, hash]),
      [
        ['relaxed:sha256:', sha256('ab cd\r\n')],
        ['simple:sha256:3', sha256('ab ')],
      ],
    );
  });

  test('is nothing of a body that only looks like a header', () => {
    assert.equal(scanned('\r\nFrom: a@x.example\r\n\r\nbody').header!.length, 0);
  });

  test('is nothing where the header is longer than honest ones are', () => {
    const scan = new SignedOctetsScan();
    scan.push(Buffer.from('From: a@x.example\r\n'));
    for (let i = 0; i < 70; i++) scan.push(Buffer.from(`X-Long: ${'a'.repeat(1000)}\r\n`));
    scan.push(Buffer.from('\r\nbody'));
    assert.equal(scan.finish().header, null);
    assert.equal(scanned(`From: a@x.example\r\n${'X: y\r\n'.repeat(2100)}\r\n`).header, null);
  });
});
