/** Sign-in where there is a second factor or an application password: limits, races, what is kept. */
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { createDirectory } from '../../../services/directory/directory.ts';
import { type Aggregate, Dispatcher } from '../../../services/dispatch.ts';
import { account } from '../../../services/domain/account.ts';
import { domain } from '../../../services/domain/domain.ts';
import { organisation } from '../../../services/domain/organisation.ts';
import { isRefusal, Refused } from '../../../services/domain/refusals.ts';
import { ApplicationPasswordList } from '../../../services/sign-in/application-password-list.ts';
import { codeLimits } from '../../../services/sign-in/code-limits.ts';
import { BoundedWork, makeVerifier } from '../../../services/sign-in/passwords.ts';
import { openSecret, sealSecret, secondFactorKeyName } from '../../../services/sign-in/sealed-secret.ts';
import { SecondFactors } from '../../../services/sign-in/second-factors.ts';
import { type Credentials, createSignIn } from '../../../services/sign-in/sign-in.ts';
import { codeOf, stepOf } from '../../../services/sign-in/totp.ts';
import { Tags } from '../../../services/tags.ts';
import { FaultyLog } from '../../support/faulty-log.ts';
import { uuidOf } from '../../support/given-when-then.ts';

const [house, acme, wang] = [1, 2, 11].map(uuidOf) as [string, string, string];
/** The least that argon2id takes. */
const cost = { memoryKib: 8, passes: 1 };
const password = 'right-horse';
const by = `account-${wang}` as const;
const stepMs = 30_000;

let faulty: FaultyLog;
let dispatcher: Dispatcher;
let door: ReturnType<typeof createSignIn>;
let factors: SecondFactors;
let programs: ApplicationPasswordList;
let nowMs: number;
let secret: Uint8Array;

async function run<S, C>(aggregate: Aggregate<S, C>, id: string, command: NoInfer<C>): Promise<void> {
  const context = { actor: 'operator', cause: null, now: nowMs } as const;
  const outcome = await dispatcher.dispatch(aggregate, id, command, context);
  assert.ok(!isRefusal(outcome), JSON.stringify(outcome));
}

beforeEach(async () => {
  faulty = new FaultyLog();
  dispatcher = new Dispatcher(faulty.log, { epoch: 1 });
  const tags = await Tags.load(faulty.keys);
  nowMs = 1_000_000_000_000;
  const name = 'acme.example';
  const tag = tags.registry('wang', acme);
  await run(organisation, house, { kind: 'addDomain', domain: acme, tag: tags.domain(name), name });
  await run(domain, acme, { kind: 'assignAddress', tag, localPart: 'wang', account: wang });
  const [address, verifier] = ['wang@acme.example', await makeVerifier(password, cost)];
  const opened = { domain: acme, address, realName: '', quotaOctets: 0, roles: [], verifier } as const;
  await run(account, wang, { kind: 'open', ...opened });
  const parts = { dispatcher, keys: faulty.keys, cost, now: () => nowMs };
  const directory = createDirectory(dispatcher, tags, house);
  door = createSignIn({ ...parts, directory, work: new BoundedWork(2, 256), wait: async () => {} });
  factors = new SecondFactors(parts);
  programs = new ApplicationPasswordList(dispatcher);
});

async function turnOn(): Promise<readonly string[]> {
  secret = await factors.offer(wang);
  return factors.turnOn(wang, codeOf(secret, stepOf(nowMs)), by);
}

async function attempt(given: string, secondFactor?: Credentials['secondFactor']): Promise<string> {
  const from = { login: 'wang', peer: '192.0.2.1', protocol: 'http' } as const;
  const result = await door.signIn({ ...from, password: given, ...(secondFactor && { secondFactor }) });
  return isRefusal(result) ? result.refused : 'in';
}

const page = (code: string | null) => attempt(password, { code });
const codeNow = () => codeOf(secret, stepOf(nowMs));

async function refusal(done: Promise<unknown>): Promise<string> {
  const error = await done.then(
    () => assert.fail('it was not refused'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Refused);
  return error.refusal.refused;
}

describe('second factor', () => {
  test('is on from the code that proves it, and that code serves no more', async () => {
    assert.equal(await page(null), 'in');
    assert.equal(
      await refusal(factors.turnOn(wang, '123456', by)),
      'secondFactorWrong',
      'nothing was offered',
    );
    await turnOn();
    assert.equal(await page(null), 'secondFactorNeeded');
    assert.equal(await page(codeNow()), 'secondFactorWrong');
    nowMs += stepMs;
    assert.equal(await page(codeNow()), 'in');
    assert.equal(await refusal(factors.offer(wang)), 'secondFactorOn');
  });

  test('an offer ends after a quarter of an hour, and with the next one', async () => {
    const first = await factors.offer(wang);
    const second = await factors.offer(wang);
    assert.equal(await refusal(factors.turnOn(wang, codeOf(first, stepOf(nowMs)), by)), 'secondFactorWrong');
    nowMs += 15 * 60_000;
    assert.equal(await refusal(factors.turnOn(wang, codeOf(second, stepOf(nowMs)), by)), 'secondFactorWrong');
  });

  test('of two who use one code at once, one gets in', async () => {
    const [recovery] = await turnOn();
    nowMs += stepMs;
    const byTime = await Promise.all([page(codeNow()), page(codeNow()), page(codeNow())]);
    assert.deepEqual(byTime.sort(), ['in', 'secondFactorWrong', 'secondFactorWrong']);
    const byPaper = await Promise.all([page(recovery!), page(recovery!)]);
    assert.deepEqual(byPaper.sort(), ['in', 'secondFactorWrong']);
  });

  test('wrong codes have an end within the hour and the day, and right ones do not count', async () => {
    const recovery = await turnOn();
    const tryWrong = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) assert.equal(await page('000000x'), 'secondFactorWrong');
    };
    await tryWrong(codeLimits.maxPerHour - 1);
    assert.equal(await page(recovery[0]!), 'in');
    await tryWrong(1);
    assert.equal(await page(recovery[1]!), 'tooManyAttempts');
    for (let spent = codeLimits.maxPerHour; spent < codeLimits.maxPerDay; spent += codeLimits.maxPerHour) {
      nowMs += 60 * 60_000;
      await tryWrong(codeLimits.maxPerHour);
    }
    nowMs += 60 * 60_000;
    assert.equal(await page(recovery[1]!), 'tooManyAttempts', 'the day');
    nowMs += 24 * 60 * 60_000;
    assert.equal(await page(recovery[1]!), 'in');
  });

  test('turned off or reset, its key is destroyed, also after a crash between', async () => {
    await turnOn();
    const { factor } = (await dispatcher.load(account, wang)).state.secondFactor!;
    await run(account, wang, { kind: 'turnOffSecondFactor' });
    assert.equal(await faulty.keys.state(secondFactorKeyName(factor)), 'live', 'as a crash leaves it');
    await factors.offer(wang);
    assert.equal(await faulty.keys.state(secondFactorKeyName(factor)), 'destroyed');
    await turnOn();
    const second = (await dispatcher.load(account, wang)).state.secondFactor!.factor;
    await factors.reset(wang, 'telephone lost', 'operator');
    assert.equal(await faulty.keys.state(secondFactorKeyName(second)), 'destroyed');
    assert.equal(await page(null), 'in');
  });

  test('ends the sessions of before when it is turned on', async () => {
    assert.equal(await page(null), 'in');
    const why = new Promise((resolve) => door.onRevoked(wang, resolve));
    await turnOn();
    assert.equal(await why, 'credentials');
  });

  test('its secret opens under its own key and for its own factor only', () => {
    const [octets, key] = [Buffer.alloc(20, 7), Buffer.alloc(32, 1)];
    const sealed = sealSecret(octets, key, uuidOf(1));
    assert.deepEqual(Buffer.from(openSecret(sealed, key, uuidOf(1))), octets);
    assert.throws(() => openSecret(sealed, key, uuidOf(2)));
    assert.throws(() => openSecret(sealed, Buffer.alloc(32, 2), uuidOf(1)));
  });
});

describe('application passwords', () => {
  test('are for mail programs, which need one where there is a second factor', async () => {
    const own = await programs.make(wang, 'telephone', by);
    assert.match(own, /^(?:[a-z2-7]{4}-){6}[a-z2-7]{4}$/);
    assert.equal(await attempt(own), 'in');
    assert.equal(await attempt(own, { code: null }), 'credentialsWrong', 'no page takes it');
    await turnOn();
    assert.equal(await attempt(password), 'applicationPasswordNeeded');
    assert.equal(await attempt('wrong-horse'), 'credentialsWrong');
    assert.equal(await attempt(own), 'in');
    assert.equal(await attempt(own.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'))), 'credentialsWrong');
  });

  test('let in whoever has one while others guess', async () => {
    const own = await programs.make(wang, 'telephone', by);
    for (let i = 0; i < 120; i++) await attempt(`guess-${i}-of-many`);
    assert.equal(await attempt(own), 'in');
  });

  test('revoked, each ends its own sessions and no other', async () => {
    const [first, second] = [await programs.make(wang, 'a', by), await programs.make(wang, 'b', by)];
    const [[idOfFirst], [idOfSecond]] = (await programs.of(wang)) as [[string, object], [string, object]];
    const ended: string[] = [];
    door.onRevoked(wang, () => ended.push('first'), idOfFirst);
    door.onRevoked(wang, () => ended.push('second'), idOfSecond);
    door.onRevoked(wang, () => ended.push('own'));
    await programs.revoke(wang, idOfFirst, by);
    assert.deepEqual(ended, ['first']);
    assert.equal(await attempt(first), 'credentialsWrong');
    assert.equal(await attempt(second), 'in');
    const late = await new Promise((resolve) => door.onRevoked(wang, resolve, idOfFirst));
    assert.equal(late, 'credentials', 'also when it happened before');
    await run(account, wang, { kind: 'freeze', reason: '' });
    assert.deepEqual(ended.sort(), ['first', 'own', 'second']);
    assert.equal(await attempt(second), 'accountFrozen');
  });

  test('stand in no record in clear', async () => {
    const own = await programs.make(wang, 'my telephone', by);
    const recovery = await turnOn();
    await door.close();
    const records = await faulty.engine.readAll(-1, 1000);
    const all = records.map(({ record }) => Buffer.from(record).toString()).join('\n');
    for (const word of [own, own.replaceAll('-', ''), 'my telephone', ...recovery])
      assert.ok(!all.includes(word), word);
  });
});
