import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type AccountCommand, account } from '../../services/domain/account.ts';
import { type DomainCommand, domain } from '../../services/domain/domain.ts';
import type { Aggregate } from '../../services/domain/fact.ts';
import { type OrganisationCommand, organisation } from '../../services/domain/organisation.ts';
import { isRefusal } from '../../services/domain/refusals.ts';
import { tagOf, uuidOf } from '../support/given-when-then.ts';
import { ModelsHouse } from './models-house.ts';

let house: ModelsHouse;
let states: Map<string, unknown>;

const acme = uuidOf(1);
const partner = uuidOf(2);

beforeEach(async () => {
  house = await ModelsHouse.open();
  states = new Map();
});

afterEach(() => house.close());

/** Decides as the server does, so that the events are what it would write. */
function run<S, C>(aggregate: Aggregate<S, C>, id: string, command: NoInfer<C>): void {
  const stream = `${aggregate.category}-${id}`;
  const state = (states.get(stream) ?? aggregate.initial()) as S;
  const decided = aggregate.decide(state, command);
  assert.ok(!isRefusal(decided), JSON.stringify(decided));
  states.set(
    stream,
    decided.events.reduce((before, event) => aggregate.evolve(before, event), state),
  );
  house.append(stream, ...decided.events);
}

const inOrganisation = (command: OrganisationCommand) => run(organisation, uuidOf(0), command);
const inDomain = (id: string, command: DomainCommand) => run(domain, id, command);
const inAccount = (id: string, command: AccountCommand) => run(account, id, command);

function openAccount(
  n: number,
  localPart: string,
  realName = '',
  domainId = acme,
  name = 'acme.example',
): string {
  const id = uuidOf(100 + n);
  inDomain(domainId, { kind: 'assignAddress', tag: tagOf(100 + n), account: id, localPart });
  const address = `${localPart}@${name}`;
  inAccount(id, {
    kind: 'open',
    domain: domainId,
    address,
    realName,
    quotaOctets: 5000,
    roles: [],
    verifier: 'v',
  });
  return id;
}

function twoDomains(): void {
  inOrganisation({ kind: 'addDomain', domain: acme, tag: tagOf(1), name: 'acme.example' });
  inOrganisation({ kind: 'addDomain', domain: partner, tag: tagOf(2), name: 'partner.example' });
  inOrganisation({ kind: 'bindDomain', domain: acme, tag: tagOf(3), name: 'acme.test' });
}

describe('domains', () => {
  test('with their bound names, their accounts and who gets the rest', async () => {
    twoDomains();
    const wang = openAccount(1, 'wang');
    openAccount(2, 'li');
    const gone = openAccount(3, 'gone');
    inAccount(gone, { kind: 'close' });
    inDomain(acme, { kind: 'setCatchAll', account: wang });
    inDomain(acme, { kind: 'setPostmaster', account: gone });
    inDomain(acme, { kind: 'setPostmaster', account: null });
    inOrganisation({ kind: 'bindDomain', domain: acme, tag: tagOf(4), name: 'old.test' });
    inOrganisation({ kind: 'unbindDomain', tag: tagOf(4) });
    await house.settled();
    assert.deepEqual(house.directory.domains(), [
      {
        domain: acme,
        name: 'acme.example',
        boundNames: ['acme.test'],
        accounts: 2,
        catchAll: wang,
        postmaster: null,
      },
      {
        domain: partner,
        name: 'partner.example',
        boundNames: [],
        accounts: 0,
        catchAll: null,
        postmaster: null,
      },
    ]);
    await house.assertRebuildsAlike();
  });
});

describe('accounts', () => {
  test('with everything that was set', async () => {
    twoDomains();
    const li = openAccount(1, 'li', 'Li Si');
    inAccount(li, { kind: 'setRealName', realName: '李四' });
    inAccount(li, { kind: 'setQuota', quotaOctets: 0 });
    inAccount(li, { kind: 'setLimits', maxMessageOctets: 10, maxRecipients: 20, maxSessions: 30 });
    inAccount(li, { kind: 'grantRole', role: 'supervisor' });
    inAccount(li, { kind: 'grantRole', role: 'auditor' });
    inAccount(li, { kind: 'revokeRole', role: 'supervisor' });
    inAccount(li, { kind: 'grantRole', role: 'administrator' });
    inAccount(li, { kind: 'freeze', reason: 'left the company' });
    await house.settled();
    const { openedAtMs, ...row } = house.directory.account(li)!;
    assert.deepEqual(row, {
      account: li,
      domain: acme,
      address: 'li@acme.example',
      realName: '李四',
      state: 'frozen',
      stateReason: 'left the company',
      quotaOctets: 0,
      maxMessageOctets: 10,
      maxRecipients: 20,
      maxSessions: 30,
      roles: ['administrator', 'auditor'],
    });
    assert.ok(openedAtMs >= 1_700_000_000_000);
    inAccount(li, { kind: 'unfreeze' });
    await house.settled();
    assert.deepEqual(
      [house.directory.account(li)!.state, house.directory.account(li)!.stateReason],
      ['active', ''],
    );
    assert.equal(house.directory.account(uuidOf(9999)), null);
    await house.assertRebuildsAlike();
  });

  test('are found by a part of the address or the name, in any case and width', async () => {
    twoDomains();
    openAccount(1, 'wang', '王小明');
    openAccount(2, 'li', 'Li ＡＢＣ');
    openAccount(3, 'WangWei', '');
    openAccount(4, 'wang', 'Other', partner, 'partner.example');
    await house.settled();
    const found = (search: string, domainId?: string) =>
      house.directory.accounts({ search, domain: domainId }).rows.map(({ address }) => address);
    assert.deepEqual(found('WANG'), ['WangWei@acme.example', 'wang@acme.example', 'wang@partner.example']);
    assert.deepEqual(found('wang', acme), ['WangWei@acme.example', 'wang@acme.example']);
    assert.deepEqual(found('小'), ['wang@acme.example']);
    assert.deepEqual(found('abc'), ['li@acme.example']);
    assert.deepEqual(found('%'), []);
  });

  test('a name that was changed is found by the new one only', async () => {
    twoDomains();
    const li = openAccount(1, 'li', 'Old Name');
    inAccount(li, { kind: 'setRealName', realName: 'New Name' });
    await house.settled();
    assert.equal(house.directory.accounts({ search: 'old name' }).total, 0);
    assert.equal(house.directory.accounts({ search: 'new name' }).total, 1);
  });

  test('come in pages, each account once, with the number of all', async () => {
    twoDomains();
    for (let n = 1; n <= 25; n++) openAccount(n, `user${n % 7}-${n}`);
    await house.settled();
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const { rows, total } = house.directory.accounts({ after, limit: 10 });
      assert.equal(total, 25);
      if (rows.length === 0) break;
      seen.push(...rows.map(({ address }) => address));
      after = rows.at(-1)!.account;
    }
    assert.deepEqual(seen, [...seen].sort());
    assert.equal(new Set(seen).size, 25);
  });

  test('of an account whose key is destroyed the row stays, without its texts', async () => {
    twoDomains();
    const li = openAccount(1, 'li', 'Li Si');
    house.log.destroyKey(`account-${li}`);
    await house.settled();
    const { address, realName, state } = house.directory.account(li)!;
    assert.deepEqual([address, realName, state], ['', '', 'active']);
  });
});

describe('aliases and groups', () => {
  test('aliases by where they lead, quoted where they must be', async () => {
    twoDomains();
    const [wang, li] = [openAccount(1, 'wang'), openAccount(2, 'li')];
    inDomain(acme, { kind: 'addAlias', tag: tagOf(50), localPart: 'sales', account: wang });
    inDomain(acme, { kind: 'addAlias', tag: tagOf(51), localPart: 'big boss', account: li });
    inDomain(acme, { kind: 'addAlias', tag: tagOf(52), localPart: 'old', account: li });
    inDomain(acme, { kind: 'removeAlias', tag: tagOf(52) });
    await house.settled();
    assert.deepEqual(house.directory.aliases(), [
      { alias: '"big boss"@acme.example', account: li, address: 'li@acme.example' },
      { alias: 'sales@acme.example', account: wang, address: 'wang@acme.example' },
    ]);
    assert.deepEqual(
      house.directory.aliases(wang).map(({ alias }) => alias),
      ['sales@acme.example'],
    );
    await house.assertRebuildsAlike();
  });

  test('groups with their members', async () => {
    twoDomains();
    const [wang, li, zhao] = [openAccount(1, 'wang'), openAccount(2, 'li'), openAccount(3, 'zhao')];
    inDomain(acme, { kind: 'addGroup', tag: tagOf(60), localPart: 'all', members: [wang, li] });
    inDomain(acme, { kind: 'addMembers', tag: tagOf(60), members: [zhao] });
    inDomain(acme, { kind: 'removeMembers', tag: tagOf(60), members: [wang] });
    inDomain(acme, { kind: 'addGroup', tag: tagOf(61), localPart: 'gone', members: [wang] });
    inDomain(acme, { kind: 'removeGroup', tag: tagOf(61) });
    await house.settled();
    assert.deepEqual(house.directory.groups(), [
      { domain: acme, tag: tagOf(60), group: 'all@acme.example', members: 2 },
    ]);
    assert.deepEqual(
      house.directory.members(acme, tagOf(60)).map(({ address }) => address),
      ['li@acme.example', 'zhao@acme.example'],
    );
    assert.deepEqual(house.directory.members(acme, tagOf(61)), []);
    await house.assertRebuildsAlike();
  });
});
