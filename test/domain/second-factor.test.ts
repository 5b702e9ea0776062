import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AccountCommand, account } from '../../services/domain/account.ts';
import { maxApplicationPasswords } from '../../services/domain/application-passwords.ts';
import { assertRefused, decided, stateAfter, uuidOf } from '../support/given-when-then.ts';

const open: AccountCommand = {
  kind: 'open',
  domain: uuidOf(1),
  address: 'wang@acme.example',
  realName: '王芳',
  quotaOctets: 0,
  roles: [],
  verifier: '$argon2id$1',
};
const factor = uuidOf(20);
const turnOn: AccountCommand = {
  kind: 'turnOnSecondFactor',
  factor,
  secret: 'sealed',
  recoveryCodes: ['$a', '$b', '$c'],
  step: 100,
};
const on: readonly AccountCommand[] = [open, turnOn];

function use(step: number, of = factor): AccountCommand {
  return { kind: 'useSecondFactor', factor: of, step };
}

describe('account: second factor', () => {
  test('it is turned on once, its secret and recovery codes sealed', () => {
    assert.deepEqual(decided(account, [open], turnOn), [
      {
        type: 'SecondFactorTurnedOn',
        version: 1,
        data: { factor, step: 100 },
        personal: { secret: 'sealed', recoveryCodes: ['$a', '$b', '$c'] },
      },
    ]);
    assertRefused(account, on, { ...turnOn, factor: uuidOf(21) }, 'secondFactorOn');
  });

  test('a code serves once, and none before it afterwards', () => {
    assertRefused(account, on, use(100), 'secondFactorWrong');
    const [used] = decided(account, on, use(101));
    assert.deepEqual([used?.type, used?.data], ['SecondFactorUsed', { step: 101 }]);
    for (const step of [99, 100, 101])
      assertRefused(account, [...on, use(101)], use(step), 'secondFactorWrong');
    assert.equal(decided(account, [...on, use(101)], use(102)).length, 1);
  });

  test('a code of a factor that was replaced meanwhile is wrong', () => {
    assertRefused(account, on, use(101, uuidOf(21)), 'secondFactorWrong');
  });

  test('a recovery code serves once; new ones replace those before', () => {
    const useB: AccountCommand = { kind: 'useRecoveryCode', verifier: '$b' };
    const [used] = decided(account, on, useB);
    assert.deepEqual([used?.type, used?.data], ['RecoveryCodeUsed', { ordinal: 1 }]);
    assertRefused(account, [...on, useB], useB, 'secondFactorWrong');
    assert.deepEqual(stateAfter(account, [...on, useB]).secondFactor?.recoveryCodes, ['$a', null, '$c']);
    const renew: AccountCommand = { kind: 'makeRecoveryCodes', recoveryCodes: ['$d'] };
    assertRefused(account, [...on, renew], { kind: 'useRecoveryCode', verifier: '$a' }, 'secondFactorWrong');
    assert.deepEqual(stateAfter(account, [...on, useB, renew]).secondFactor?.recoveryCodes, ['$d']);
  });

  test('it is turned off, or reset by somebody else for a reason; which key is to go is remembered', () => {
    const off: AccountCommand = { kind: 'turnOffSecondFactor' };
    const reset: AccountCommand = { kind: 'resetSecondFactor', reason: 'telephone lost' };
    assert.deepEqual(decided(account, on, reset)[0], {
      type: 'SecondFactorReset',
      version: 1,
      data: { factor },
      personal: { reason: 'telephone lost' },
    });
    for (const command of [off, reset]) {
      const state = stateAfter(account, [...on, command]);
      assert.deepEqual([state.secondFactor, state.endedSecondFactors], [null, [factor]]);
      assert.equal(decided(account, [...on, command], { ...turnOn, factor: uuidOf(21) }).length, 1);
    }
  });

  test('where there is none, nothing of it can be done', () => {
    const commands: readonly AccountCommand[] = [
      use(101),
      { kind: 'useRecoveryCode', verifier: '$a' },
      { kind: 'makeRecoveryCodes', recoveryCodes: ['$d'] },
      { kind: 'turnOffSecondFactor' },
      { kind: 'resetSecondFactor', reason: 'x' },
    ];
    for (const command of commands) assertRefused(account, [open], command, 'secondFactorOff');
  });
});

describe('account: application passwords', () => {
  const id = uuidOf(30);
  const dayMs = 24 * 60 * 60 * 1000;
  const make = (applicationPassword: string): AccountCommand => ({
    kind: 'makeApplicationPassword',
    applicationPassword,
    name: 'telephone',
    verifier: 'c0ffee',
    nowMs: 5,
  });
  const useAt = (nowMs: number): AccountCommand => ({
    kind: 'useApplicationPassword',
    applicationPassword: id,
    nowMs,
  });

  test('one is made with its name and verifier sealed', () => {
    assert.deepEqual(decided(account, [open], make(id)), [
      {
        type: 'ApplicationPasswordMade',
        version: 1,
        data: { applicationPassword: id, at: 5 },
        personal: { name: 'telephone', verifier: 'c0ffee' },
      },
    ]);
  });

  test('its use is told once a day', () => {
    assert.equal(decided(account, [open, make(id)], useAt(dayMs)).length, 1);
    assert.equal(decided(account, [open, make(id), useAt(dayMs)], useAt(2 * dayMs - 1)).length, 0);
    assert.equal(decided(account, [open, make(id), useAt(dayMs)], useAt(2 * dayMs)).length, 1);
    const known = stateAfter(account, [open, make(id), useAt(dayMs)]).applicationPasswords.get(id);
    assert.equal(known?.usedAtMs, dayMs);
  });

  test('revoked, it is there no more', () => {
    const revoke: AccountCommand = { kind: 'revokeApplicationPassword', applicationPassword: id };
    assert.equal(stateAfter(account, [open, make(id), revoke]).applicationPasswords.size, 0);
    for (const command of [revoke, useAt(1)])
      assertRefused(account, [open, make(id), revoke], command, 'applicationPasswordNotFound');
  });

  test('there is an end to how many one has', () => {
    const many = Array.from({ length: maxApplicationPasswords }, (_, i) => make(uuidOf(100 + i)));
    assertRefused(account, [open, ...many], make(id), 'applicationPasswordLimit');
  });
});
