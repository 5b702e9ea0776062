import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DomainCommand, domain } from '../../services/domain/domain.ts';
import { assertRefused, decided, stateAfter, uuidOf } from '../support/given-when-then.ts';

const publicKey = 'A'.repeat(60);
const make = (n: number, isRotation = n > 1): DomainCommand => ({
  ...{ kind: 'makeDkimKeys', isRotation, keys: uuidOf(n), selector: `m${n}` },
  ...{ rsa: publicKey, ed25519: publicKey, privateRsa: 'sealed', privateEd25519: 'sealed' },
});
const switchTo = (n: number, keepUntil = 7000): DomainCommand => ({
  ...{ kind: 'switchDkimKeys', keys: uuidOf(n), because: 'published', keepUntil },
});
const end = (n: number): DomainCommand => ({ kind: 'endDkimKeys', keys: uuidOf(n) });

const statuses = (given: readonly DomainCommand[]): string[] =>
  [...stateAfter(domain, given).dkim.values()].map(({ status }) => status);

describe('domain: keys to sign with', () => {
  test('are made with their public halves in clear and everything else sealed', () => {
    const [made] = decided(domain, [], make(1));
    assert.deepEqual(made, {
      type: 'DkimKeysMade',
      version: 1,
      data: { keys: uuidOf(1), rsa: publicKey, ed25519: publicKey },
      personal: { selector: 'm1', privateRsa: 'sealed', privateEd25519: 'sealed' },
    });
  });

  test('wait, sign, are replaced and kept, and end', () => {
    assert.deepEqual(statuses([make(1)]), ['waiting']);
    const rotated = [make(1), switchTo(1), make(2)];
    assert.deepEqual(statuses(rotated), ['signing', 'waiting']);
    const state = stateAfter(domain, [...rotated, switchTo(2, 9000)]);
    assert.deepEqual(
      [...state.dkim.values()].map(({ status, keepUntil }) => [status, keepUntil]),
      [
        ['retired', 9000],
        ['signing', 0],
      ],
    );
    assert.deepEqual(statuses([...rotated, switchTo(2), end(1), end(2)]), ['ended', 'ended']);
  });

  test('one set waits at most, and the first is made once', () => {
    assertRefused(domain, [make(1)], make(2, false), 'dkimKeysWaiting');
    assertRefused(domain, [make(1), switchTo(1)], make(2, false), 'dkimKeysExist');
    assertRefused(domain, [], make(1, true), 'dkimKeysNotFound');
    assert.deepEqual(statuses([make(1), switchTo(1), end(1), make(2, false)]), ['ended', 'waiting']);
  });

  test('what has ended comes back no more, and what signs is not switched to again', () => {
    assertRefused(domain, [make(1), end(1)], switchTo(1), 'dkimKeysNotFound');
    assertRefused(domain, [make(1), end(1)], end(1), 'dkimKeysNotFound');
    assertRefused(domain, [], end(1), 'dkimKeysNotFound');
    assert.deepEqual(decided(domain, [make(1), switchTo(1)], switchTo(1)), []);
    // Back to the keys before, where the new ones turn out to be published wrongly.
    const back = [make(1), switchTo(1), make(2), switchTo(2), switchTo(1)];
    assert.deepEqual(statuses(back), ['signing', 'retired']);
  });
});
