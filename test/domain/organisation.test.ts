import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type OrganisationCommand, onlyDomain, organisation } from '../../services/domain/organisation.ts';
import { assertRefused, decided, stateAfter, tagOf, uuidOf } from '../support/given-when-then.ts';

const acme: OrganisationCommand = {
  kind: 'addDomain',
  domain: uuidOf(1),
  tag: tagOf(1),
  name: 'acme.example',
};
const bound: OrganisationCommand = {
  kind: 'bindDomain',
  domain: uuidOf(1),
  tag: tagOf(2),
  name: 'acme.test',
};
const other: OrganisationCommand = {
  kind: 'addDomain',
  domain: uuidOf(2),
  tag: tagOf(3),
  name: 'vip.acme.example',
};

describe('organisation', () => {
  test('a domain is added under its tag, its name sealed', () => {
    assert.deepEqual(decided(organisation, [], acme), [
      {
        type: 'DomainAdded',
        version: 1,
        data: { domain: uuidOf(1), tag: tagOf(1) },
        personal: { name: 'acme.example' },
      },
    ]);
  });

  test('a name belongs to one domain only (ACC-22)', () => {
    assertRefused(organisation, [acme], { ...acme, domain: uuidOf(9) }, 'domainTaken');
    assertRefused(
      organisation,
      [acme, other],
      { ...bound, tag: tagOf(3), name: 'vip.acme.example' },
      'domainTaken',
    );
    assertRefused(organisation, [acme, bound], { ...other, tag: tagOf(2), name: 'acme.test' }, 'domainTaken');
  });

  test('a domain has one main name', () => {
    assertRefused(organisation, [acme], { ...acme, tag: tagOf(8), name: 'acme.org' }, 'domainTaken');
  });

  test('names that are not in their normal form are refused', () => {
    for (const name of ['ACME.example', 'acme example', '', 'acme.example.', '例え.jp', '-a.example']) {
      assertRefused(organisation, [], { ...acme, name }, 'domainNameInvalid');
    }
  });

  test('a name is bound to a domain and taken off again (ACC-20)', () => {
    assert.equal(decided(organisation, [acme], bound)[0]!.type, 'DomainBound');
    const state = stateAfter(organisation, [acme, bound]);
    assert.deepEqual(state.names.get(tagOf(2)), { domain: uuidOf(1), bound: true });
    const unbind: OrganisationCommand = { kind: 'unbindDomain', tag: tagOf(2) };
    assert.equal(stateAfter(organisation, [acme, bound, unbind]).names.has(tagOf(2)), false);
    assertRefused(organisation, [acme, bound, unbind], unbind, 'domainNotFound');
  });

  test('binding wants a domain, and a main name cannot be taken off', () => {
    assertRefused(organisation, [], bound, 'domainNotFound');
    assertRefused(organisation, [acme], { kind: 'unbindDomain', tag: tagOf(1) }, 'domainNotFound');
  });

  test('a sub-domain is a name of its own (ACC-23)', () => {
    const state = stateAfter(organisation, [acme, other]);
    assert.equal(state.names.get(tagOf(3))?.domain, uuidOf(2));
  });

  test('one administrator at a time; naming the same again changes nothing', () => {
    const name: OrganisationCommand = { kind: 'nameAdministrator', account: uuidOf(5) };
    assert.equal(stateAfter(organisation, [name]).administrator, uuidOf(5));
    assert.deepEqual(decided(organisation, [name], name), []);
    assert.equal(decided(organisation, [name], { ...name, account: uuidOf(6) }).length, 1);
  });

  test('the only domain is known where there is exactly one', () => {
    assert.equal(onlyDomain(organisation.initial()), null);
    assert.equal(onlyDomain(stateAfter(organisation, [acme, bound])), uuidOf(1));
    assert.equal(onlyDomain(stateAfter(organisation, [acme, other])), null);
  });
});
