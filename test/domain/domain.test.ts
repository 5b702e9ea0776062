import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DomainCommand, domain, maxMembersPerCommand } from '../../services/domain/domain.ts';
import { assertRefused, decided, stateAfter, tagOf, uuidOf } from '../support/given-when-then.ts';

const wang: DomainCommand = { kind: 'assignAddress', tag: tagOf(1), localPart: 'wang', account: uuidOf(1) };
const li: DomainCommand = { kind: 'assignAddress', tag: tagOf(2), localPart: 'li', account: uuidOf(2) };
const sales: DomainCommand = { kind: 'addAlias', tag: tagOf(3), localPart: 'sales', account: uuidOf(1) };
const team: DomainCommand = {
  kind: 'addGroup',
  tag: tagOf(4),
  localPart: 'team',
  members: [uuidOf(1), uuidOf(2)],
};

function members(given: readonly DomainCommand[]): string[] {
  const group = stateAfter(domain, given).entries.get(tagOf(4));
  assert.equal(group?.kind, 'group');
  return [...(group as { members: Set<string> }).members];
}

describe('domain: addresses', () => {
  test('an address is assigned, its local part sealed', () => {
    assert.deepEqual(decided(domain, [], wang), [
      {
        type: 'AddressAssigned',
        version: 1,
        data: { tag: tagOf(1), account: uuidOf(1) },
        personal: { localPart: 'wang' },
      },
    ]);
  });

  test('one address leads to one thing: account, alias or group (ACC-15)', () => {
    for (const taken of [wang, sales, team] as const) {
      const given = [wang, li, ...(taken === wang ? [] : [taken])];
      const { tag } = taken;
      assertRefused(
        domain,
        given,
        { kind: 'assignAddress', tag, localPart: 'x', account: uuidOf(7) },
        'addressTaken',
      );
      assertRefused(
        domain,
        given,
        { kind: 'addAlias', tag, localPart: 'x', account: uuidOf(1) },
        'addressTaken',
      );
      assertRefused(
        domain,
        given,
        { kind: 'addGroup', tag, localPart: 'x', members: [uuidOf(1)] },
        'addressTaken',
      );
    }
  });

  test('an account has one address, for good (ACC-03)', () => {
    assertRefused(domain, [wang], { ...wang, tag: tagOf(9), localPart: 'wang2' }, 'addressTaken');
  });

  test('what is not a local part is refused', () => {
    for (const localPart of ['', 'a\u0000b', 'x'.repeat(65), 'e\u0301']) {
      assertRefused(domain, [wang], { ...li, localPart }, 'addressInvalid');
      assertRefused(domain, [wang], { ...sales, localPart }, 'addressInvalid');
      assertRefused(domain, [wang], { ...team, localPart }, 'addressInvalid');
    }
    assert.equal(decided(domain, [], { ...li, localPart: 'a b"c' }).length, 1);
  });
});

describe('domain: aliases', () => {
  test('an alias leads to an account of the same domain (ACC-16)', () => {
    assert.deepEqual(stateAfter(domain, [wang, sales]).entries.get(tagOf(3)), {
      kind: 'alias',
      account: uuidOf(1),
    });
    assertRefused(domain, [wang], { ...sales, account: uuidOf(2) }, 'aliasTargetInvalid');
  });

  test('an alias is removed, an account or a group is not, by that', () => {
    const gone = stateAfter(domain, [wang, sales, { kind: 'removeAlias', tag: tagOf(3) }]);
    assert.equal(gone.entries.has(tagOf(3)), false);
    assertRefused(domain, [wang, team], { kind: 'removeAlias', tag: tagOf(1) }, 'addressNotFound');
    assertRefused(domain, [wang, team], { kind: 'removeAlias', tag: tagOf(4) }, 'addressNotFound');
  });
});

describe('domain: groups', () => {
  test('members join and leave; who is in already is not named again', () => {
    assert.deepEqual(members([team]), [uuidOf(1), uuidOf(2)]);
    const add: DomainCommand = {
      kind: 'addMembers',
      tag: tagOf(4),
      members: [uuidOf(2), uuidOf(3), uuidOf(3)],
    };
    assert.deepEqual(decided(domain, [team], add)[0]!.data, { tag: tagOf(4), members: [uuidOf(3)] });
    assert.deepEqual(members([team, add]), [uuidOf(1), uuidOf(2), uuidOf(3)]);
    const remove: DomainCommand = { kind: 'removeMembers', tag: tagOf(4), members: [uuidOf(1), uuidOf(9)] };
    assert.deepEqual(decided(domain, [team], remove)[0]!.data, { tag: tagOf(4), members: [uuidOf(1)] });
    assert.deepEqual(members([team, remove]), [uuidOf(2)]);
  });

  test('a group is never empty', () => {
    assertRefused(domain, [], { ...team, members: [] }, 'groupEmpty');
    assertRefused(
      domain,
      [team],
      { kind: 'removeMembers', tag: tagOf(4), members: [uuidOf(1), uuidOf(2)] },
      'groupEmpty',
    );
  });

  test('a group has no limit; an event names 500 members at most', () => {
    const many = Array.from({ length: 1201 }, (_, i) => uuidOf(i));
    const events = decided(domain, [], { ...team, members: many });
    assert.deepEqual(
      events.map(({ type, data }) => [type, (data['members'] as string[]).length]),
      [
        ['GroupAdded', 500],
        ['GroupMembersAdded', 500],
        ['GroupMembersAdded', 201],
      ],
    );
    const more = Array.from({ length: 501 }, (_, i) => uuidOf(5000 + i));
    assert.equal(
      members([
        { ...team, members: many },
        { kind: 'addMembers', tag: tagOf(4), members: more },
      ]).length,
      1702,
    );
  });

  test('one command names only so many', () => {
    const tooMany = Array.from({ length: maxMembersPerCommand + 1 }, (_, i) => uuidOf(i));
    assertRefused(domain, [], { ...team, members: tooMany }, 'requestTooLarge');
    assertRefused(domain, [team], { kind: 'addMembers', tag: tagOf(4), members: tooMany }, 'requestTooLarge');
  });

  test('a group is removed; what is not a group has no members', () => {
    assert.equal(stateAfter(domain, [team, { kind: 'removeGroup', tag: tagOf(4) }]).entries.size, 0);
    for (const kind of ['addMembers', 'removeMembers'] as const) {
      assertRefused(domain, [wang], { kind, tag: tagOf(1), members: [uuidOf(2)] }, 'addressNotFound');
    }
    assertRefused(domain, [wang], { kind: 'removeGroup', tag: tagOf(1) }, 'addressNotFound');
  });
});

describe('domain: catch-all and postmaster', () => {
  test('catch-all is one existing account or none (ACC-18)', () => {
    const set: DomainCommand = { kind: 'setCatchAll', account: uuidOf(1) };
    assert.equal(stateAfter(domain, [wang, set]).catchAll, uuidOf(1));
    assertRefused(domain, [], set, 'accountNotFound');
    assert.deepEqual(decided(domain, [wang, set], set), []);
    assert.equal(stateAfter(domain, [wang, set, { kind: 'setCatchAll', account: null }]).catchAll, null);
  });

  test('postmaster is chosen and left to the administrator again', () => {
    const set: DomainCommand = { kind: 'setPostmaster', account: uuidOf(1) };
    assert.equal(stateAfter(domain, [set]).postmaster, uuidOf(1));
    assert.deepEqual(decided(domain, [set], set), []);
    assert.equal(stateAfter(domain, [set, { kind: 'setPostmaster', account: null }]).postmaster, null);
  });
});
