import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { createDirectory, type Directory } from '../../../services/directory/directory.ts';
import { type Aggregate, Dispatcher } from '../../../services/dispatch.ts';
import { type AccountCommand, account } from '../../../services/domain/account.ts';
import { parseAddress } from '../../../services/domain/address.ts';
import { type DomainCommand, domain } from '../../../services/domain/domain.ts';
import { organisation } from '../../../services/domain/organisation.ts';
import { isRefusal } from '../../../services/domain/refusals.ts';
import { Tags } from '../../../services/tags.ts';
import { FaultyLog } from '../../support/faulty-log.ts';
import { uuidOf } from '../../support/given-when-then.ts';

const house = uuidOf(1);
const acme = uuidOf(2);
const other = uuidOf(3);
const [wang, li, zhao, admin, buyer] = [11, 12, 13, 14, 15].map(uuidOf) as [
  string,
  string,
  string,
  string,
  string,
];

let faulty: FaultyLog;
let dispatcher: Dispatcher;
let tags: Tags;
let directory: Directory;

async function run<S, C>(aggregate: Aggregate<S, C>, id: string, command: NoInfer<C>): Promise<void> {
  const outcome = await dispatcher.dispatch(aggregate, id, command, {
    actor: 'operator',
    cause: null,
    now: 1,
  });
  assert.ok(!isRefusal(outcome), JSON.stringify(outcome));
}

async function addName(kind: 'addDomain' | 'bindDomain', id: string, name: string): Promise<void> {
  await run(organisation, house, { kind, domain: id, tag: tags.domain(name), name });
}

async function addAccount(id: string, localPart: string, at: string, domainId = acme): Promise<void> {
  const tag = tags.registry(localPart, domainId);
  await run(domain, domainId, { kind: 'assignAddress', tag, localPart, account: id });
  const address = `${localPart}@${at}`;
  await run(account, id, {
    kind: 'open',
    domain: domainId,
    address,
    realName: '',
    quotaOctets: 0,
    roles: [],
    verifier: null,
  });
}

function inAcme(command: NoInfer<DomainCommand>): Promise<void> {
  return run(domain, acme, command);
}

function freeze(id: string): Promise<void> {
  const command: AccountCommand = { kind: 'freeze', reason: '' };
  return run(account, id, command);
}

function of(localPart: string): { tag: string; localPart: string } {
  return { tag: tags.registry(localPart, acme), localPart };
}

/** `direct wang` and so on, or the kind. */
async function resolved(address: string): Promise<string> {
  const resolution = await directory.resolve(address);
  if (resolution.kind !== 'local') return resolution.kind;
  const names = new Map([
    [wang, 'wang'],
    [li, 'li'],
    [zhao, 'zhao'],
    [admin, 'admin'],
    [buyer, 'buyer'],
  ]);
  return resolution.recipients.map(({ account: id, reason }) => `${reason} ${names.get(id)}`).join(', ');
}

beforeEach(async () => {
  faulty = new FaultyLog();
  dispatcher = new Dispatcher(faulty.log, { epoch: 1 });
  tags = await Tags.load(faulty.keys);
  directory = createDirectory(dispatcher, tags, house);
  await addName('addDomain', acme, 'acme.example');
  await addAccount(wang, 'Wang', 'acme.example');
  await addAccount(li, 'li', 'acme.example');
  await addAccount(zhao, 'zhao', 'acme.example');
  await addAccount(admin, 'admin', 'acme.example');
  await run(organisation, house, { kind: 'nameAdministrator', account: admin });
});

describe('directory: whom an address means', () => {
  test('an account, whatever the case and the Unicode form', async () => {
    assert.equal(await resolved('wang@acme.example'), 'direct wang');
    assert.equal(await resolved('WANG@ACME.Example'), 'direct wang');
    assert.equal(await resolved('"wang"@acme.example'), 'direct wang');
    await inAcme({ kind: 'addAlias', ...of('René'), account: li });
    assert.equal(await resolved('rene\u0301@acme.example'), 'alias li');
  });

  test('with detail, unless the whole is an address itself', async () => {
    assert.equal(await resolved('wang+news@acme.example'), 'direct wang');
    await inAcme({ kind: 'addAlias', ...of('wang+news'), account: li });
    assert.equal(await resolved('wang+news@acme.example'), 'alias li');
    assert.equal(await resolved('wang+other@acme.example'), 'direct wang');
  });

  test('nobody, somebody else, nothing', async () => {
    assert.equal(await resolved('nobody@acme.example'), 'unknown');
    assert.deepEqual(await directory.resolve('x@Outside.example'), {
      kind: 'remote',
      domain: 'outside.example',
    });
    assert.equal(await resolved('x@[127.0.0.1]'), 'remote');
    assert.equal(await resolved('not an address'), 'invalid');
  });

  test('an alias (ACC-16) and a group, each member once (ACC-15)', async () => {
    await inAcme({ kind: 'addAlias', ...of('sales'), account: wang });
    await inAcme({ kind: 'addGroup', ...of('team'), members: [wang, li, wang] });
    assert.equal(await resolved('sales@acme.example'), 'alias wang');
    assert.equal(await resolved('team@acme.example'), 'group wang, group li');
    await inAcme({ kind: 'removeAlias', tag: of('sales').tag });
    assert.equal(await resolved('sales@acme.example'), 'unknown');
  });

  test('a group of hundreds', async () => {
    const members = Array.from({ length: 250 }, (_, i) => uuidOf(1000 + i));
    for (const [i, id] of members.entries()) await addAccount(id, `m${i}`, 'acme.example');
    await inAcme({ kind: 'addGroup', ...of('all'), members });
    const resolution = await directory.resolve('all@acme.example');
    assert.deepEqual(
      resolution.kind === 'local' && resolution.recipients.map((each) => each.account),
      members,
    );
  });

  test('an account whose opening was cut off is nobody yet', async () => {
    await inAcme({ kind: 'assignAddress', ...of('half'), account: uuidOf(99) });
    assert.equal(await resolved('half@acme.example'), 'unknown');
  });

  test('a closed account is nobody any more', async () => {
    await run(account, wang, { kind: 'close' });
    assert.equal(await resolved('wang@acme.example'), 'unknown');
  });
});

describe('directory: frozen accounts (ACC-05)', () => {
  test('get nothing, by whatever address; thawed they do', async () => {
    await inAcme({ kind: 'addAlias', ...of('sales'), account: wang });
    await freeze(wang);
    assert.deepEqual(await directory.resolve('wang@acme.example'), {
      kind: 'frozen',
      domain: acme,
      accounts: [wang],
    });
    assert.equal(await resolved('sales@acme.example'), 'frozen');
    await run(account, wang, { kind: 'unfreeze' });
    assert.equal(await resolved('wang@acme.example'), 'direct wang');
  });

  test('are left out of groups; a group of frozen ones is frozen', async () => {
    await inAcme({ kind: 'addGroup', ...of('team'), members: [wang, li] });
    await freeze(wang);
    assert.equal(await resolved('team@acme.example'), 'group li');
    await freeze(li);
    assert.equal(await resolved('team@acme.example'), 'frozen');
  });

  test('do not fall through to the catch-all', async () => {
    await inAcme({ kind: 'setCatchAll', account: li });
    await freeze(wang);
    assert.equal(await resolved('wang@acme.example'), 'frozen');
  });
});

describe('directory: catch-all (ACC-18)', () => {
  test('gets what nobody else has, of its own domain', async () => {
    await inAcme({ kind: 'setCatchAll', account: li });
    assert.equal(await resolved('nobody@acme.example'), 'catch-all li');
    assert.equal(await resolved('wang@acme.example'), 'direct wang');
    await addName('addDomain', other, 'other.example');
    assert.equal(await resolved('nobody@other.example'), 'unknown');
  });

  test('a frozen one catches nothing: the address stays unknown', async () => {
    await inAcme({ kind: 'setCatchAll', account: li });
    await freeze(li);
    assert.equal(await resolved('nobody@acme.example'), 'unknown');
  });
});

describe('directory: postmaster (RFC 5321 §4.5.1)', () => {
  test('is always there: an address of that name, the chosen account, the administrator', async () => {
    assert.equal(await resolved('Postmaster@acme.example'), 'postmaster admin');
    await inAcme({ kind: 'setPostmaster', account: zhao });
    assert.equal(await resolved('postmaster@acme.example'), 'postmaster zhao');
    assert.equal(await resolved('postmaster+x@acme.example'), 'postmaster zhao');
    await inAcme({ kind: 'addAlias', ...of('postmaster'), account: li });
    assert.equal(await resolved('postmaster@acme.example'), 'alias li');
  });

  test('goes before the catch-all, and past a frozen account to the administrator', async () => {
    await inAcme({ kind: 'setCatchAll', account: li });
    await inAcme({ kind: 'setPostmaster', account: zhao });
    await freeze(zhao);
    assert.equal(await resolved('postmaster@acme.example'), 'postmaster admin');
  });

  test('without a domain is the administrator', async () => {
    assert.equal(await resolved('POSTMASTER'), 'postmaster admin');
    const nobody = createDirectory(dispatcher, tags, uuidOf(77));
    assert.deepEqual(await nobody.resolve('postmaster'), { kind: 'invalid' });
  });
});

describe('directory: domains', () => {
  test('the same local part under a bound name is the same mailbox, until it is taken off (ACC-20)', async () => {
    await addName('bindDomain', acme, 'acme.test');
    await inAcme({ kind: 'addAlias', ...of('sales'), account: wang });
    assert.equal(await resolved('wang@acme.test'), 'direct wang');
    assert.equal(await resolved('sales@acme.test'), 'alias wang');
    await run(organisation, house, { kind: 'unbindDomain', tag: tags.domain('acme.test') });
    assert.equal(await resolved('wang@acme.test'), 'remote');
  });

  test('a sub-domain is ours only when it is bound itself (ACC-23)', async () => {
    assert.equal(await resolved('wang@vip.acme.example'), 'remote');
    assert.equal(await directory.isLocalDomain('vip.acme.example'), false);
    await addName('addDomain', other, 'vip.acme.example');
    assert.equal(await resolved('wang@vip.acme.example'), 'unknown');
    assert.equal(await directory.isLocalDomain('VIP.acme.example'), true);
    assert.equal(await resolved('wang@acme.example'), 'direct wang');
  });

  test('an international name in either form', async () => {
    await addName('addDomain', other, 'xn--fiq228c.example');
    await addAccount(buyer, '王', '中文.example', other);
    assert.equal(await resolved('王@中文.example'), 'direct buyer');
    assert.equal(await resolved('王@XN--fiq228c.EXAMPLE'), 'direct buyer');
  });

  test('the same local part in two domains is two accounts (ACC-19)', async () => {
    await addName('addDomain', other, 'other.example');
    await addAccount(buyer, 'wang', 'other.example', other);
    assert.equal(await resolved('wang@other.example'), 'direct buyer');
    assert.equal(await resolved('wang@acme.example'), 'direct wang');
  });

  test('what is no domain name is not local', async () => {
    for (const name of ['', '[127.0.0.1]', 'a b', '127.0.0.1'])
      assert.equal(await directory.isLocalDomain(name), false);
  });

  test('routing needs no sealed value: it works on with every key destroyed', async () => {
    await addName('bindDomain', acme, 'acme.test');
    await faulty.keys.destroy(`organisation-${house}`);
    await faulty.keys.destroy(`domain-${acme}`);
    await faulty.keys.destroy(`account-${wang}`);
    directory = createDirectory(new Dispatcher(faulty.open(), { epoch: 1 }), tags, house);
    assert.equal(await resolved('wang@acme.test'), 'direct wang');
  });
});

describe('directory: who may send as whom (RCV-20)', () => {
  test('as oneself, under every name, with detail and by alias', async () => {
    await addName('bindDomain', acme, 'acme.test');
    await inAcme({ kind: 'addAlias', ...of('sales'), account: wang });
    for (const sender of [
      'wang@acme.example',
      'Wang@ACME.test',
      'wang+x@acme.example',
      'sales@acme.example',
    ]) {
      assert.equal(await directory.maySendAs(wang, sender), true, sender);
    }
    assert.equal(await directory.maySendAs(li, 'sales@acme.example'), false);
  });

  test('not as others, as groups, as strangers, as nobody', async () => {
    await inAcme({ kind: 'addGroup', ...of('team'), members: [wang] });
    for (const sender of [
      'li@acme.example',
      'team@acme.example',
      'wang@outside.example',
      '',
      'wang',
      'no@acme.example',
    ]) {
      assert.equal(await directory.maySendAs(wang, sender), false, sender);
    }
  });

  test('as what was granted, here or elsewhere, until it is revoked', async () => {
    for (const address of ['team@acme.example', 'wang@outside.example']) {
      const tag = tags.address(parseAddress(address)!);
      await run(account, wang, { kind: 'grantSendAs', tag, address });
      assert.equal(await directory.maySendAs(wang, address.toUpperCase()), true);
      await run(account, wang, { kind: 'revokeSendAs', tag });
      assert.equal(await directory.maySendAs(wang, address), false);
    }
  });

  test('a frozen account sends as nobody', async () => {
    await freeze(wang);
    assert.equal(await directory.maySendAs(wang, 'wang@acme.example'), false);
  });
});

describe('directory: logins', () => {
  test('a full address under any name of the domain, or short where there is one domain', async () => {
    await addName('bindDomain', acme, 'acme.test');
    for (const login of ['wang@acme.example', 'WANG@acme.test', 'wang', 'Wang']) {
      assert.equal(await directory.accountOfLogin(login), wang, login);
    }
    await addName('addDomain', other, 'other.example');
    assert.equal(await directory.accountOfLogin('wang'), null);
    assert.equal(await directory.accountOfLogin('wang@acme.example'), wang);
  });

  test('never an alias, a group, a detail, a stranger (ACC-16)', async () => {
    await inAcme({ kind: 'addAlias', ...of('sales'), account: wang });
    await inAcme({ kind: 'addGroup', ...of('team'), members: [wang] });
    for (const login of [
      'sales@acme.example',
      'sales',
      'team',
      'wang+x',
      'wang@outside.example',
      '',
      '@',
      'a b',
    ]) {
      assert.equal(await directory.accountOfLogin(login), null, login);
    }
  });
});
