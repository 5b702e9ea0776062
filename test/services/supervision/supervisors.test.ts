import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { Resolution } from '../../../services/directory/directory.ts';
import type { Dispatcher } from '../../../services/dispatch.ts';
import { account } from '../../../services/domain/account.ts';
import { organisation } from '../../../services/domain/organisation.ts';
import { Supervisors } from '../../../services/supervision/supervisors.ts';
import { judge, mailWith, ruleWith } from '../../policies/rule-language/rule-mails.ts';
import { uuidOf } from '../../support/given-when-then.ts';

/** 王 and 李 as the rules' mails have them; 李 leads sales, 陈 the house. */
const [wang, li, chen, zhao] = [1, 2, 3, 4].map(uuidOf) as [string, string, string, string];
const [company, sales] = [uuidOf(21), uuidOf(22)];
const nowMs = Date.UTC(2026, 10, 20, 8, 0);

let frozen: Set<string>;
let supervisors: Supervisors;

beforeEach(() => {
  frozen = new Set();
  const house = organisation.initial();
  const { byId, ofAccount } = house.departments;
  byId.set(company, { tag: '1', parent: null, order: 1, leader: chen });
  byId.set(sales, { tag: '2', parent: company, order: 1, leader: li });
  for (const each of [wang, li]) ofAccount.set(each, sales);
  const load = async ({ category }: { category: string }, id: string) => {
    if (category === 'organisation') return { state: house, revision: 0 };
    return { state: { ...account.initial(), status: frozen.has(id) ? 'frozen' : 'active' }, revision: 0 };
  };
  supervisors = new Supervisors({
    dispatcher: { load } as unknown as Pick<Dispatcher, 'load'>,
    directory: { resolve },
    organisation: uuidOf(77),
  });
});

const local = (...accounts: readonly string[]): Resolution => {
  const here = accounts.filter((each) => !frozen.has(each));
  if (here.length === 0) return { kind: 'frozen', domain: uuidOf(9), accounts };
  const recipients = here.map((each) => ({ account: each, reason: 'direct' as const }));
  return { kind: 'local', domain: uuidOf(9), recipients, frozenMembers: [] };
};

async function resolve(address: string): Promise<Resolution> {
  if (address === 'watch@acme.example') return local(chen, zhao, wang);
  if (address === 'zhao@acme.example') return local(zhao);
  return { kind: address.endsWith('@acme.example') ? 'unknown' : 'remote', domain: 'x' } as Resolution;
}

/** Supervisor and the people, of a mail that 王 sends unless said otherwise. */
async function supervised(action: object, sender = wang, ...recipients: string[]) {
  const party = (each: string) => ({ address: 'x@acme.example', account: each });
  const mail = mailWith({
    sender: party(sender),
    ...(recipients.length > 0 && { recipients: recipients.map(party) }),
  });
  const verdict = judge(mail, ruleWith({ actions: [{ do: 'copyToSupervisors', ...action }] }));
  return supervisors.copiesOf(verdict, sender, nowMs);
}

const whoAndWhose = async (action: object, sender = wang, ...recipients: string[]) =>
  (await supervised(action, sender, ...recipients)).map(({ supervisor, people }) => [supervisor, people]);

describe('who supervises', () => {
  test('a leader the department, the general manager the leaders, nobody the general manager', async () => {
    assert.deepEqual(await whoAndWhose({}), [[li, [wang]]]);
    assert.deepEqual(await whoAndWhose({}, li), [[chen, [li]]]);
    assert.deepEqual(await whoAndWhose({}, chen), []);
  });

  test('nobody looks at what they sent themselves: then it is the next one above', async () => {
    assert.deepEqual(await whoAndWhose({}, li, wang), [[chen, [li, wang]]]);
  });

  test('each person’s own leader', async () => {
    assert.deepEqual(await whoAndWhose({}, wang, li), [
      [li, [wang]],
      [chen, [li]],
    ]);
  });

  test('whoever is named, of a group everybody, but not the sender', async () => {
    assert.deepEqual(await whoAndWhose({ to: ['watch@acme.example'] }), [
      [chen, [wang]],
      [zhao, [wang]],
    ]);
    assert.deepEqual(await whoAndWhose({ to: ['leader', 'zhao@acme.example'] }), [
      [li, [wang]],
      [zhao, [wang]],
    ]);
  });

  test('whoever is frozen or gone gives way to the leader, a leader to the next one above', async () => {
    frozen = new Set([zhao]);
    assert.deepEqual(await whoAndWhose({ to: ['zhao@acme.example'] }), [[li, [wang]]]);
    assert.deepEqual(await whoAndWhose({ to: ['nobody@acme.example'] }), [[li, [wang]]]);
    frozen = new Set([li]);
    assert.deepEqual(await whoAndWhose({}), [[chen, [wang]]]);
    frozen = new Set([li, chen]);
    assert.deepEqual(await whoAndWhose({}), []);
  });

  test('whoever is above gets what a supervisor leaves, but not their own mail', async () => {
    assert.equal(await supervisors.successorOf(li, [wang], wang), null);
    frozen = new Set([li]);
    assert.equal(await supervisors.successorOf(li, [wang], wang), chen);
    assert.equal(await supervisors.successorOf(li, [wang], chen), null);
    frozen = new Set([chen]);
    assert.equal(await supervisors.successorOf(chen, [wang], wang), li);
    assert.equal(await supervisors.successorOf(chen, [wang], li), null);
  });

  test('the term counts working hours', async () => {
    const [copy] = await supervised({ reviewWithinHours: 2 });
    assert.ok(copy!.dueAtMs! >= nowMs + 2 * 3_600_000);
    assert.equal((await supervised({}))[0]!.dueAtMs, null);
  });

  test('a rule may name people here, and the leader', async () => {
    for (const name of ['leader', 'zhao@acme.example', 'watch@acme.example'])
      assert.equal(await supervisors.isKnown(name), true, name);
    for (const name of ['nobody@acme.example', 'x@outside.example'])
      assert.equal(await supervisors.isKnown(name), false, name);
    frozen = new Set([zhao]);
    assert.equal(await supervisors.isKnown('zhao@acme.example'), true);
  });
});
