import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { Administration } from '../../../services/directory/administration.ts';
import { createDirectory, type Directory } from '../../../services/directory/directory.ts';
import { Dispatcher } from '../../../services/dispatch.ts';
import { Refused } from '../../../services/domain/refusals.ts';
import { Tags } from '../../../services/tags.ts';
import { FaultyLog } from '../../support/faulty-log.ts';
import { uuidOf } from '../../support/given-when-then.ts';

const password = 'demo-Wang-1';
const plain = { realName: '', quotaOctets: 0, roles: [] } as const;

let faulty: FaultyLog;
let administration: Administration;
let directory: Directory;

beforeEach(async () => {
  faulty = new FaultyLog();
  const dispatcher = new Dispatcher(faulty.log, { epoch: 1, retryDelaysMs: [1] });
  const tags = await Tags.load(faulty.keys);
  administration = new Administration(dispatcher, tags, uuidOf(1));
  directory = createDirectory(dispatcher, tags, uuidOf(1));
});

async function refused(action: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(action, (error) => error instanceof Refused && error.refusal.refused === code);
}

async function accountsOf(address: string): Promise<readonly string[]> {
  const resolution = await directory.resolve(address);
  return resolution.kind === 'local' ? resolution.recipients.map(({ account }) => account) : [];
}

describe('domains', () => {
  test('the first one brings its administrator, who reads mail to postmaster; the second does not', async () => {
    const first = await administration.addDomain('acme.example', 'operator');
    assert.equal(first.administrator, 'admin@acme.example');
    const admin = await administration.accountOf('admin@acme.example');
    assert.deepEqual(await accountsOf('postmaster@acme.example'), [admin]);
    assert.deepEqual(await accountsOf('postmaster'), [admin]);
    assert.equal((await administration.addDomain('other.example', 'operator')).administrator, null);
  });

  test('a name belongs to one domain only', async () => {
    await administration.addDomain('acme.example', 'operator');
    await refused(administration.addDomain('ACME.example', 'operator'), 'domainTaken');
    await refused(administration.bindDomain('acme.example', 'acme.example', 'operator'), 'domainTaken');
    await refused(administration.bindDomain('x.example', 'missing.example', 'operator'), 'domainNotFound');
    await refused(administration.addDomain('not a domain', 'operator'), 'domainNameInvalid');
  });

  test('the administrator gets a password once, at localhost where there is no domain', async () => {
    await administration.ensureAdministrator('first-Pass-1', 'operator');
    const admin = await administration.accountOf('admin@localhost');
    const { verifier } = await administration.accountState(admin);
    assert.ok(verifier);
    await administration.ensureAdministrator('other-Pass-1', 'operator');
    assert.equal((await administration.accountState(admin)).verifier, verifier);
  });
});

describe('accounts', () => {
  beforeEach(async () => {
    await administration.addDomain('acme.example', 'operator');
  });

  test('an address is given once; a weak password is refused before anything is done', async () => {
    await refused(
      administration.addAccount({ ...plain, address: 'wang@acme.example', password: 'short' }, 'operator'),
      'passwordTooWeak',
    );
    await administration.addAccount({ ...plain, address: 'wang@acme.example', password }, 'operator');
    await refused(
      administration.addAccount({ ...plain, address: 'Wang@acme.example', password }, 'operator'),
      'addressTaken',
    );
    await refused(
      administration.addAccount({ ...plain, address: 'x@elsewhere.example', password }, 'operator'),
      'domainNotFound',
    );
    await refused(
      administration.addAccount({ ...plain, address: 'nobody', password }, 'operator'),
      'addressInvalid',
    );
  });

  test('a request that was cut off between address and account is taken up again', async () => {
    faulty.beforeAppend = (stream) => {
      if (stream.startsWith('account-')) throw new Error('the process ended here');
    };
    const wanted = { ...plain, address: 'li@acme.example', password };
    await assert.rejects(administration.addAccount(wanted, 'operator'));
    faulty.beforeAppend = () => {};
    const assigned = await administration.accountOf('li@acme.example');
    assert.equal(await administration.addAccount(wanted, 'operator'), assigned);
    assert.equal((await administration.accountState(assigned)).status, 'active');
  });

  test('aliases, groups and the catch-all lead to accounts', async () => {
    const wang = await administration.addAccount(
      { ...plain, address: 'wang@acme.example', password },
      'operator',
    );
    const li = await administration.addAccount(
      { ...plain, address: 'li@acme.example', password },
      'operator',
    );
    await administration.addAlias('sales@acme.example', 'wang@acme.example', 'operator');
    await administration.addGroup('all@acme.example', ['wang@acme.example', 'li@acme.example'], 'operator');
    await administration.setCatchAll('acme.example', 'li@acme.example', 'operator');
    assert.deepEqual(await accountsOf('sales@acme.example'), [wang]);
    assert.deepEqual([...(await accountsOf('all@acme.example'))].sort(), [wang, li].sort());
    assert.deepEqual(await accountsOf('whoever@acme.example'), [li]);
    await administration.changeMembers('removeMembers', 'all@acme.example', ['li@acme.example'], 'operator');
    assert.deepEqual(await accountsOf('all@acme.example'), [wang]);
    await administration.removeGroup('all@acme.example', 'operator');
    await administration.removeAlias('sales@acme.example', 'operator');
    await administration.setCatchAll('acme.example', null, 'operator');
    assert.deepEqual(await accountsOf('sales@acme.example'), []);
    await refused(
      administration.addAlias('x@acme.example', 'missing@acme.example', 'operator'),
      'accountNotFound',
    );
  });

  test('a bound name reaches the same mailbox until it is taken off', async () => {
    const wang = await administration.addAccount(
      { ...plain, address: 'wang@acme.example', password },
      'operator',
    );
    await administration.bindDomain('acme.test', 'acme.example', 'operator');
    assert.deepEqual(await accountsOf('wang@acme.test'), [wang]);
    await administration.unbindDomain('acme.test', 'operator');
    assert.deepEqual(await accountsOf('wang@acme.test'), []);
    await refused(administration.unbindDomain('acme.example', 'operator'), 'domainNotFound');
  });
});
