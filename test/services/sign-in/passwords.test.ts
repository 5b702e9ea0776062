import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  argon2Cost,
  BoundedWork,
  makeVerifier,
  maxPasswordOctets,
  passwordProblem,
  preparePassword,
  verifyPassword,
} from '../../../services/sign-in/passwords.ts';

describe('passwords', () => {
  test('a verifier is an argon2id PHC string with 19 MiB and two passes', async () => {
    const verifier = await makeVerifier('correct horse');
    assert.match(verifier, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert.equal(await verifyPassword(verifier, 'correct horse'), true);
    assert.equal(await verifyPassword(verifier, 'correct hors'), false);
    assert.notEqual(await makeVerifier('correct horse'), verifier, 'salted');
    assert.deepEqual(argon2Cost, { memoryKib: 19456, passes: 2 });
  });

  test('a verifier made elsewhere fits (vector of the reference implementation)', async () => {
    // echo -n password | argon2 somesalt -id -t 2 -m 8 -p 1 -l 32
    const verifier = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    assert.equal(await verifyPassword(verifier, 'password'), true);
    assert.equal(await verifyPassword(verifier, 'passwore'), false);
  });

  test('what is no verifier fits nothing', async () => {
    for (const verifier of [
      '',
      'plain',
      '$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAA',
      '$argon2id$v=19$m=8,t=1,p=1$$',
    ]) {
      assert.equal(await verifyPassword(verifier, 'plain'), false, verifier);
    }
  });

  test('prepared by RFC 8265: NFC, any space is a space', () => {
    assert.equal(preparePassword('pa\u0308ss\u3000word'), 'p\u00e4ss word');
    assert.equal(preparePassword(' kept '), ' kept ');
    for (const nobody of [
      '',
      'a\u0000',
      'a\nb',
      '\ud800',
      'x'.repeat(maxPasswordOctets + 1),
      '王'.repeat(400),
    ]) {
      assert.equal(preparePassword(nobody), null);
    }
  });

  test('eight characters as people count them', () => {
    assert.equal(passwordProblem('1234567'), 'passwordTooWeak');
    assert.equal(passwordProblem('12345678'), null);
    assert.equal(passwordProblem('😀'.repeat(7)), 'passwordTooWeak');
    assert.equal(passwordProblem('王芳王芳王芳王芳'), null);
    assert.equal(passwordProblem(''), 'passwordTooWeak');
  });
});

describe('bounded work', () => {
  test('so many run, so many wait, the rest is refused; places are given on in order', async () => {
    const work = new BoundedWork(2, 2);
    const done: number[] = [];
    const finish: (() => void)[] = [];
    const start = (n: number) =>
      work.run(async () => {
        await new Promise<void>((resolve) => finish.push(resolve));
        return done.push(n);
      });
    const all = [1, 2, 3, 4, 5].map(start);
    assert.equal(await all[4], null);
    assert.equal(finish.length, 2);
    while (done.length < 4) {
      finish.shift()?.();
      await new Promise((go) => setImmediate(go));
      assert.ok(finish.length <= 2);
    }
    assert.deepEqual(done, [1, 2, 3, 4]);
    assert.equal(work.full, false);
  });

  test('a task that fails gives its place back', async () => {
    const work = new BoundedWork(1, 0);
    await assert.rejects(work.run(() => Promise.reject(new Error('no memory'))));
    assert.equal(await work.run(async () => 'next'), 'next');
  });
});
