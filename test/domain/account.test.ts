import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AccountCommand, account } from '../../services/domain/account.ts';
import type { DraftEvent } from '../../services/domain/event.ts';
import { assertRefused, decided, stateAfter, tagOf, uuidOf } from '../support/given-when-then.ts';

const open: AccountCommand = {
  kind: 'open',
  domain: uuidOf(1),
  address: 'wang@acme.example',
  realName: '王芳',
  quotaOctets: 1000,
  roles: [],
  verifier: '$argon2id$1',
};

const identityText = {
  address: 'wang@acme.example',
  name: '王芳',
  replyTo: [{ name: null, email: 'sales@acme.example' }],
  bcc: null,
  textSignature: '-- \n王芳',
  htmlSignature: '<p>王芳</p>',
};

/** One of every other command, as an account may get it. */
const others: readonly AccountCommand[] = [
  { kind: 'setRealName', realName: '李' },
  { kind: 'setPassword', verifier: '$argon2id$2' },
  { kind: 'setQuota', quotaOctets: 0 },
  { kind: 'setLimits', maxMessageOctets: 1, maxRecipients: 2, maxSessions: 3 },
  { kind: 'grantRole', role: 'auditor' },
  { kind: 'revokeRole', role: 'auditor' },
  { kind: 'grantSendAs', tag: tagOf(1), address: 'info@acme.example' },
  { kind: 'revokeSendAs', tag: tagOf(1) },
  { kind: 'describeIdentity', identity: uuidOf(7), text: identityText },
  { kind: 'forgetIdentity', identity: uuidOf(7) },
  { kind: 'freeze', reason: '' },
  { kind: 'unfreeze' },
  { kind: 'close' },
  { kind: 'noteRefusedSignIns', protocol: 'imap', reason: 'password', count: 3, peer: '192.0.2.1' },
];

function types(events: readonly DraftEvent[]): string[] {
  return events.map(({ type }) => type);
}

describe('account: opening', () => {
  test('an account opens with its roles and password, name and address sealed', () => {
    const events = decided(account, [], { ...open, roles: ['auditor', 'auditor'] });
    assert.deepEqual(events[0], {
      type: 'AccountOpened',
      version: 1,
      data: { domain: uuidOf(1), quotaOctets: 1000 },
      personal: { address: 'wang@acme.example', realName: '王芳' },
    });
    assert.deepEqual(types(events), ['AccountOpened', 'RoleGranted', 'PasswordSet']);
    const state = stateAfter(account, [{ ...open, roles: ['auditor'] }]);
    assert.equal(state.status, 'active');
    assert.deepEqual([...state.roles], ['staff', 'auditor']);
    assert.equal(state.address, 'wang@acme.example');
  });

  test('without a password nobody can sign in yet', () => {
    assert.equal(stateAfter(account, [{ ...open, verifier: null }]).verifier, null);
  });

  test('an account opens once', () => {
    assertRefused(account, [open], open, 'addressTaken');
    assertRefused(account, [open, { kind: 'close' }], open, 'addressTaken');
  });

  test('nothing can be done to an account that does not exist or has ended', () => {
    for (const command of others) {
      assertRefused(account, [], command, 'accountNotFound');
      assertRefused(account, [open, { kind: 'close' }], command, 'accountNotFound');
    }
  });
});

describe('account: freezing (ACC-05)', () => {
  test('frozen and back, everything else kept', () => {
    const frozen = stateAfter(account, [open, { kind: 'freeze', reason: 'left' }]);
    assert.equal(frozen.status, 'frozen');
    assert.equal(frozen.verifier, '$argon2id$1');
    assert.deepEqual(decided(account, [open], { kind: 'freeze', reason: 'left' })[0]!.personal, {
      reason: 'left',
    });
    assert.equal(
      stateAfter(account, [open, { kind: 'freeze', reason: '' }, { kind: 'unfreeze' }]).status,
      'active',
    );
  });

  test('freezing twice and unfreezing an active account change nothing', () => {
    assert.deepEqual(
      decided(account, [open, { kind: 'freeze', reason: '' }], { kind: 'freeze', reason: 'x' }),
      [],
    );
    assert.deepEqual(decided(account, [open], { kind: 'unfreeze' }), []);
  });

  test('a frozen account can be edited and closed', () => {
    const frozen: AccountCommand[] = [open, { kind: 'freeze', reason: '' }];
    assert.equal(stateAfter(account, [...frozen, { kind: 'setPassword', verifier: 'n' }]).status, 'frozen');
    assert.equal(stateAfter(account, [...frozen, { kind: 'close' }]).status, 'closed');
  });
});

describe('account: settings (ACC-03, ACC-04)', () => {
  test('a password replaces the one before', () => {
    assert.equal(
      stateAfter(account, [open, { kind: 'setPassword', verifier: '$argon2id$2' }]).verifier,
      '$argon2id$2',
    );
  });

  test('name, quota and limits change; the same again is no event', () => {
    const state = stateAfter(account, [open, ...others.slice(0, 4)]);
    assert.equal(state.realName, '李');
    assert.equal(state.quotaOctets, 0);
    assert.deepEqual(state.limits, { maxMessageOctets: 1, maxRecipients: 2, maxSessions: 3 });
    assert.deepEqual(decided(account, [open], { kind: 'setRealName', realName: '王芳' }), []);
    assert.deepEqual(decided(account, [open], { kind: 'setQuota', quotaOctets: 1000 }), []);
  });

  test('roles are granted and revoked once', () => {
    const grant: AccountCommand = { kind: 'grantRole', role: 'administrator' };
    const revoke: AccountCommand = { kind: 'revokeRole', role: 'administrator' };
    assert.deepEqual(types(decided(account, [open], grant)), ['RoleGranted']);
    assert.deepEqual(decided(account, [open, grant], grant), []);
    assert.deepEqual([...stateAfter(account, [open, grant, revoke]).roles], ['staff']);
    assert.deepEqual(decided(account, [open], revoke), []);
  });

  test('send-as grants go by tag, the address is sealed', () => {
    const grant: AccountCommand = { kind: 'grantSendAs', tag: tagOf(1), address: 'info@acme.example' };
    assert.deepEqual(decided(account, [open], grant)[0]!.data, { tag: tagOf(1) });
    assert.deepEqual(decided(account, [open, grant], grant), []);
    const revoke: AccountCommand = { kind: 'revokeSendAs', tag: tagOf(1) };
    assert.equal(stateAfter(account, [open, grant, revoke]).sendAs.size, 0);
    assertRefused(account, [open], revoke, 'addressNotFound');
  });
});

describe('account: refused sign-ins', () => {
  test('they are noted with the peer sealed and change nothing', () => {
    const note = others.at(-1)!;
    assert.deepEqual(decided(account, [open], note), [
      {
        type: 'SignInRefused',
        version: 1,
        data: { protocol: 'imap', reason: 'password', count: 3 },
        personal: { peer: '192.0.2.1' },
      },
    ]);
    assert.deepEqual(stateAfter(account, [open, note]), stateAfter(account, [open]));
  });
});

describe('account: erased', () => {
  test('sealed values are gone once the key is destroyed; what routes stays', () => {
    const state = account.initial();
    for (const event of decided(account, [], open)) account.evolve(state, { ...event, personal: null });
    assert.deepEqual(
      [state.status, state.domain, state.address, state.verifier],
      ['active', uuidOf(1), null, null],
    );
  });
});

describe('account: identities', () => {
  const describeIt: AccountCommand = { kind: 'describeIdentity', identity: uuidOf(7), text: identityText };

  test('what is said of an address is sealed, replaced and forgotten', () => {
    const [event] = decided(account, [open], describeIt);
    assert.deepEqual([event!.data, event!.personal], [{ identity: uuidOf(7) }, identityText]);
    const named = { ...describeIt, text: { ...identityText, name: 'Wang' } };
    assert.equal(stateAfter(account, [open, describeIt, named]).identities.get(uuidOf(7))!.name, 'Wang');
    const forget: AccountCommand = { kind: 'forgetIdentity', identity: uuidOf(7) };
    assert.equal(stateAfter(account, [open, describeIt, forget]).identities.size, 0);
    assert.deepEqual(decided(account, [open], forget), []);
  });

  test('there are only so many', () => {
    const many = Array.from({ length: 100 }, (_, i) => ({ ...describeIt, identity: uuidOf(100 + i) }));
    assertRefused(account, [open, ...many], describeIt, 'requestTooLarge');
    assert.equal(decided(account, [open, ...many], many[0]!).length, 1, 'a known one is described anew');
  });
});
