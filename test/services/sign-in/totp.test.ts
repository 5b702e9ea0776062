/** Against the values of RFC 4226 appendix D and RFC 6238 appendix B. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { base32, grouped, ungrouped } from '../../../services/sign-in/base32.ts';
import { codeOf, keyUri, stepOf, stepOfCode } from '../../../services/sign-in/totp.ts';

const secret = Buffer.from('12345678901234567890');

describe('codes of a counter (RFC 4226)', () => {
  test('are those of appendix D', () => {
    const codes = Array.from({ length: 10 }, (_, counter) => codeOf(secret, counter));
    const expected = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489';
    assert.deepEqual(codes, expected.split(' '));
  });
});

describe('codes by time (RFC 6238)', () => {
  test('are those of appendix B, with eight digits and SHA-1', () => {
    const expected: readonly (readonly [number, string])[] = [
      [59, '94287082'],
      [1111111109, '07081804'],
      [1111111111, '14050471'],
      [1234567890, '89005924'],
      [2000000000, '69279037'],
      [20000000000, '65353130'],
    ];
    for (const [seconds, code] of expected)
      assert.equal(codeOf(secret, stepOf(seconds * 1000), 8), code, String(seconds));
  });

  test('are right one step before and after their own, and no further', () => {
    const nowMs = 1_111_111_111_000;
    const now = stepOf(nowMs);
    const found = [-2, -1, 0, 1, 2].map((away) => stepOfCode(secret, codeOf(secret, now + away), nowMs));
    assert.deepEqual(found, [null, now - 1, now, now + 1, null]);
  });

  test('are six digits and nothing else', () => {
    const code = codeOf(secret, stepOf(0));
    for (const other of ['', code.slice(1), `${code}0`, ` ${code}`, `${code}\n`, '７５５２２４', 'abcdef'])
      assert.equal(stepOfCode(secret, other, 0), null, JSON.stringify(other));
    assert.equal(stepOfCode(secret, code, 0), 0);
  });
});

describe('what is typed and shown', () => {
  test('base 32 is that of RFC 4648 §10, in lower case and without padding', () => {
    const texts = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => base32(Buffer.from(text)));
    assert.deepEqual(texts, ['', 'my', 'mzxq', 'mzxw6', 'mzxw6yq', 'mzxw6ytb', 'mzxw6ytboi']);
  });

  test('groups are for the eye only', () => {
    assert.equal(grouped('abcdefghijkl'), 'abcd-efgh-ijkl');
    assert.equal(ungrouped(' ABCD-efgh ijkl\n'), 'abcdefghijkl');
  });

  test('the address of the QR code holds secret, account and who asks for it', () => {
    assert.equal(
      keyUri(secret, 'Muniment', 'wang@acme.example'),
      'otpauth://totp/Muniment:wang%40acme.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Muniment',
    );
  });
});
