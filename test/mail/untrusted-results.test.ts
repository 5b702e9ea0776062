import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { broughtResults, claimsOf, renameClaims } from '../../services/mail/untrusted-results.ts';

const mail = Buffer.from(
  'Subject: Authentication-Results: mx.acme.example; no field\r\n' +
    'Authentication-Results: MX.acme.example; spf=pass\r\n' +
    'AUTHENTICATION-RESULTS :\r\n\t(a comment) mx.acme.example 1;\r\n spf=pass\r\n' +
    'Authentication-Results: other.example; header.from=mx.acme.example',
);

describe('results that a mail brings', () => {
  const claims = claimsOf('mx.acme.example', broughtResults(mail));

  test('are found with who they claim has checked', () => {
    assert.deepEqual(
      claims.map((at) => mail.toString('latin1', at, at + 22).toLowerCase()),
      ['authentication-results', 'authentication-results'],
    );
    assert.equal(broughtResults(mail).length, 3);
    assert.deepEqual(claimsOf('mail.other.example', broughtResults(mail)), []);
  });

  test('are renamed the same in whatever pieces they are read', () => {
    const whole = Buffer.from(renameClaims(Buffer.from(mail), 0, claims)).toString();
    assert.equal(whole.match(/^Untrusted-Auth-Results/gm)!.length, 2);
    assert.equal(whole.length, mail.length);
    for (let octets = 1; octets < 40; octets++) {
      let text = '';
      for (let at = 0; at < mail.length; at += octets)
        text += Buffer.from(renameClaims(Buffer.from(mail.subarray(at, at + octets)), at, claims)).toString();
      assert.equal(text, whole);
    }
  });

  test('are counted only as far as anybody needs to know', () => {
    const many = Buffer.from('Authentication-Results: x.example; none\r\n'.repeat(5000));
    assert.equal(broughtResults(many).length, 101);
  });
});
