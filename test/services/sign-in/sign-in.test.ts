import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createDirectory } from '../../../services/directory/directory.ts';
import { type Aggregate, Dispatcher } from '../../../services/dispatch.ts';
import { type AccountCommand, account } from '../../../services/domain/account.ts';
import { domain } from '../../../services/domain/domain.ts';
import type { LoggedEvent } from '../../../services/domain/event.ts';
import { organisation } from '../../../services/domain/organisation.ts';
import { isRefusal } from '../../../services/domain/refusals.ts';
import { BoundedWork, makeVerifier } from '../../../services/sign-in/passwords.ts';
import { createSignIn, type Revocation } from '../../../services/sign-in/sign-in.ts';
import { signInLimits } from '../../../services/sign-in/sign-in-limits.ts';
import { Tags } from '../../../services/tags.ts';
import { FaultyLog } from '../../support/faulty-log.ts';
import { uuidOf } from '../../support/given-when-then.ts';

const [house, acme, wang, li] = [1, 2, 11, 12].map(uuidOf) as [string, string, string, string];
/** The least that argon2id takes. */
const cost = { memoryKib: 8, passes: 1 };
const office = '192.0.2.1';
const elsewhere = '198.51.100.1';

let faulty: FaultyLog;
let dispatcher: Dispatcher;
let tags: Tags;
let door: ReturnType<typeof createSignIn>;
let nowMs: number;
/** How long guesses had to wait for their turn. */
let waitedMs: number[];

async function run<S, C>(
  aggregate: Aggregate<S, C>,
  id: string,
  command: NoInfer<C>,
  by = dispatcher,
): Promise<void> {
  const outcome = await by.dispatch(aggregate, id, command, { actor: 'operator', cause: null, now: nowMs });
  assert.ok(!isRefusal(outcome), JSON.stringify(outcome));
}

function change(id: string, command: AccountCommand): Promise<void> {
  return run(account, id, command);
}

async function addAccount(id: string, localPart: string, password: string): Promise<void> {
  await run(domain, acme, {
    kind: 'assignAddress',
    tag: tags.registry(localPart, acme),
    localPart,
    account: id,
  });
  await change(id, {
    kind: 'open',
    domain: acme,
    address: `${localPart}@acme.example`,
    realName: '王芳',
    quotaOctets: 5,
    roles: ['auditor'],
    verifier: await makeVerifier(password, cost),
  });
}

function open(work = new BoundedWork(2, 256)): void {
  const directory = createDirectory(dispatcher, tags, house);
  waitedMs = [];
  const wait = async (ms: number) => waitedMs.push(ms);
  door = createSignIn({ dispatcher, directory, keys: faulty.keys, cost, now: () => nowMs, work, wait });
}

beforeEach(async () => {
  faulty = new FaultyLog();
  dispatcher = new Dispatcher(faulty.log, { epoch: 1 });
  tags = await Tags.load(faulty.keys);
  nowMs = 1_000_000_000;
  const name = 'acme.example';
  await run(organisation, house, { kind: 'addDomain', domain: acme, tag: tags.domain(name), name });
  await addAccount(wang, 'wang', 'right-horse');
  await addAccount(li, 'li', 'other-horse');
  open();
});

afterEach(() => door.close());

/** The account, or why not. */
async function attempt(login: string, password: string, peer = office): Promise<string> {
  const result = await door.signIn({ login, password, peer, protocol: 'imap' });
  return isRefusal(result) ? result.refused : result.account;
}

async function notes(id: string): Promise<[unknown, unknown, unknown][]> {
  await door.close();
  const events = await faulty.open().readStream(`account-${id}`, 0, 1000);
  await faulty.log.prepare(events);
  const refused = events.filter(({ type }) => type === 'SignInRefused');
  return refused.map(({ data, personal }: LoggedEvent) => [
    data['reason'],
    data['count'],
    personal?.['peer'],
  ]);
}

describe('sign-in', () => {
  test('gives the account with what the protocols need', async () => {
    await change(wang, { kind: 'setLimits', maxMessageOctets: 1, maxRecipients: 2, maxSessions: 3 });
    const login = {
      login: 'wang@acme.example',
      password: 'right-horse',
      peer: office,
      protocol: 'pop3',
    } as const;
    assert.deepEqual(await door.signIn(login), {
      account: wang,
      domain: acme,
      address: 'wang@acme.example',
      realName: '王芳',
      roles: ['staff', 'auditor'],
      quotaOctets: 5,
      maxMessageOctets: 1,
      maxRecipients: 2,
      maxSessions: 3,
    });
  });

  test('takes the short name, any letter case, and the password in NFD', async () => {
    await change(li, { kind: 'setPassword', verifier: await makeVerifier('p\u00e4ssword', cost) });
    assert.equal(await attempt('WANG', 'right-horse'), wang);
    assert.equal(await attempt('li@ACME.example', 'pa\u0308ssword'), li);
  });

  test('refuses wrong passwords, unknown names, aliases, and accounts without a password alike', async () => {
    await run(domain, acme, {
      kind: 'addAlias',
      tag: tags.registry('sales', acme),
      localPart: 'sales',
      account: wang,
    });
    await run(domain, acme, {
      kind: 'assignAddress',
      tag: tags.registry('new', acme),
      localPart: 'new',
      account: uuidOf(13),
    });
    for (const login of [
      'wang@acme.example',
      'nobody@acme.example',
      'sales@acme.example',
      'new',
      '',
      'wang@else.example',
    ]) {
      assert.equal(await attempt(login, 'wrong-horse'), 'credentialsWrong', login);
    }
    assert.equal(await attempt('sales@acme.example', 'right-horse'), 'credentialsWrong');
  });

  test('what is no password is wrong, and costs nothing more', async () => {
    for (const password of ['', '\u0000', 'x'.repeat(1_000_000), 'right-horse\u0000']) {
      assert.equal(await attempt('wang', password), 'credentialsWrong');
      assert.equal(await attempt('nobody', password), 'credentialsWrong');
    }
  });

  test('a password that was wrong becomes right when it is set', async () => {
    assert.equal(await attempt('wang', 'new-horse'), 'credentialsWrong');
    await change(wang, { kind: 'setPassword', verifier: await makeVerifier('new-horse', cost) });
    assert.equal(await attempt('wang', 'new-horse'), wang);
    assert.equal(await attempt('wang', 'right-horse'), 'credentialsWrong');
  });

  test('a frozen account is told so, but only with the right password; thawed it works', async () => {
    assert.equal(await attempt('wang', 'right-horse'), wang);
    await change(wang, { kind: 'freeze', reason: '' });
    assert.equal(await attempt('wang', 'right-horse'), 'accountFrozen');
    assert.equal(await attempt('wang', 'wrong-horse'), 'credentialsWrong');
    await change(wang, { kind: 'unfreeze' });
    assert.equal(await attempt('wang', 'right-horse'), wang);
  });

  test('a closed account is nobody', async () => {
    await change(wang, { kind: 'close' });
    assert.equal(await attempt('wang', 'right-horse'), 'credentialsWrong');
  });

  test('a freeze while the password is checked counts', async () => {
    const attempting = attempt('wang', 'right-horse');
    await change(wang, { kind: 'freeze', reason: '' });
    assert.equal(await attempting, 'accountFrozen');
  });

  test('a password set while the old one is checked counts', async () => {
    const verifier = await makeVerifier('new-horse', cost);
    const attempting = attempt('wang', 'right-horse');
    await change(wang, { kind: 'setPassword', verifier });
    assert.equal(await attempting, 'credentialsWrong');
  });

  test('where no more can wait the server is busy; nothing of it counts as wrong', async () => {
    const work = new BoundedWork(1, 0);
    let finish = (): void => {};
    const running = work.run(() => new Promise<void>((resolve) => (finish = resolve)));
    open(work);
    for (let i = 0; i < 50; i++) assert.equal(await attempt('wang', `horse-${i}`), 'serverBusy');
    finish();
    await running;
    assert.equal(await attempt('wang', 'right-horse'), wang);
  });

  test('a login that was verified lately needs no place', async () => {
    const work = new BoundedWork(1, 0);
    open(work);
    assert.equal(await attempt('wang', 'right-horse'), wang);
    let finish = (): void => {};
    const running = work.run(() => new Promise<void>((resolve) => (finish = resolve)));
    assert.equal(await attempt('wang', 'right-horse', elsewhere), wang);
    await change(wang, { kind: 'setPassword', verifier: await makeVerifier('right-horse', cost) });
    assert.equal(
      await attempt('wang', 'right-horse'),
      'serverBusy',
      'other credentials, though the same password',
    );
    finish();
    await running;
  });

  test('one mail program opening many connections is one check', async () => {
    const outcomes = await Promise.all(Array.from({ length: 400 }, () => attempt('wang', 'right-horse')));
    assert.ok(outcomes.every((outcome) => outcome === wang));
  });
});

describe('sign-in: limits', () => {
  const { maxWrongPerPair, pairWindowMs, maxAccountsPerSubscriber, maxWrongPerAccount, hourMs } =
    signInLimits;
  const { pairTurnMs, subscriberTurnMs, maxWaitMs } = signInLimits;

  async function guess(times: number, login = 'wang', peer = office): Promise<string> {
    let last = '';
    for (let i = 0; i < times; i++) last = await attempt(login, `wrong-horse-${i}`, peer);
    return last;
  }

  test('beyond so many wrong passwords one may be tried now and then; other places are not concerned', async () => {
    await guess(maxWrongPerPair + 1);
    assert.deepEqual(waitedMs, [], 'whoever comes first waits for nobody');
    assert.equal(await attempt('wang', 'wrong-again'), 'credentialsWrong');
    assert.deepEqual(waitedMs, [pairTurnMs]);
    assert.equal(await attempt('wang', 'wrong-once-more'), 'tooManyAttempts');
    assert.equal(await attempt('wang', 'right-horse', elsewhere), wang);
    nowMs += pairWindowMs;
    assert.equal(await guess(maxWrongPerPair), 'credentialsWrong');
    assert.deepEqual(waitedMs, [pairTurnMs]);
  });

  for (const before of ['signed in there before', 'never signed in there'] as const) {
    test(`who has the right password and ${before} gets in where a colleague has guessed`, async () => {
      if (before === 'signed in there before') assert.equal(await attempt('wang', 'right-horse'), wang);
      await guess(10 * maxWrongPerPair);
      nowMs += pairTurnMs;
      assert.equal(await attempt('wang', 'right-horse'), wang);
    });
  }

  test('guesses from one address use up no more of an account than that address has', async () => {
    for (let i = 0; i < 3 * maxWrongPerAccount; i++) {
      assert.equal(await attempt('wang', `wrong-${i}`), 'credentialsWrong');
      nowMs += pairTurnMs;
    }
    assert.equal(await attempt('wang', 'right-horse', elsewhere), wang);
  });

  test('an unknown name is limited like a known one', async () => {
    await guess(maxWrongPerPair + 2, 'nobody');
    assert.deepEqual(waitedMs, [pairTurnMs]);
    assert.equal(await attempt('nobody', 'wrong-again'), 'tooManyAttempts');
    assert.equal(await attempt('NOBODY', 'wrong-again'), 'tooManyAttempts');
  });

  test('one person behind an address locks out nobody else there', async () => {
    await guess(maxWrongPerPair + 5);
    assert.equal(await attempt('li', 'other-horse'), li);
  });

  test('an old password repeated for ever counts once', async () => {
    for (let i = 0; i < 50; i++) assert.equal(await attempt('wang', 'old-horse'), 'credentialsWrong');
    assert.equal(await attempt('wang', 'right-horse'), wang);
  });

  test('many guesses at once are no way around', async () => {
    const many = Array.from({ length: 40 }, (_, i) => attempt('wang', `wrong-${i}`));
    const outcomes = await Promise.all(many);
    const turns = 1 + maxWaitMs / pairTurnMs;
    assert.equal(
      outcomes.filter((outcome) => outcome === 'credentialsWrong').length,
      maxWrongPerPair + turns,
    );
  });

  test('one attacker on many accounts becomes slow; who signed in there before does not', async () => {
    assert.equal(await attempt('li', 'other-horse'), li);
    for (let i = 0; i < maxAccountsPerSubscriber; i++) await attempt(`name${i}`, 'wrong-horse');
    assert.deepEqual(waitedMs, []);
    const more = await Promise.all(Array.from({ length: 40 }, (_, i) => attempt(`more${i}`, 'wrong-horse')));
    const turns = 1 + maxWaitMs / subscriberTurnMs;
    assert.equal(more.filter((outcome) => outcome === 'credentialsWrong').length, turns);
    assert.equal(await attempt('wang', 'right-horse'), 'tooManyAttempts');
    assert.equal(await attempt('li', 'other-horse'), li);
    assert.equal(await attempt('wang', 'right-horse', elsewhere), wang);
    nowMs += subscriberTurnMs;
    assert.equal(await attempt('wang', 'right-horse'), wang, 'a stranger with the right password in turn');
    nowMs += hourMs;
    waitedMs.length = 0;
    assert.equal(await attempt('name', 'wrong-horse'), 'credentialsWrong');
    assert.deepEqual(waitedMs, []);
  });

  test('many attackers on one account are shut out; its owner at the usual place is not', async () => {
    assert.equal(await attempt('wang', 'right-horse'), wang);
    for (let i = 0; i < maxWrongPerAccount; i++) await attempt('wang', `wrong-${i}`, `203.0.${i}.1`);
    assert.equal(await attempt('wang', 'right-horse', elsewhere), 'tooManyAttempts');
    assert.equal(await attempt('wang', 'right-horse'), wang);
  });

  test('the addresses of one IPv6 subscriber are one', async () => {
    for (let i = 0; i < maxWrongPerPair + 2; i++)
      await attempt('wang', `wrong-${i}`, `2001:db8:1:2::${i + 1}`);
    assert.equal(await attempt('wang', 'right-horse', '2001:db8:1:2:ffff::1'), 'tooManyAttempts');
    assert.equal(await attempt('wang', 'right-horse', '2001:db8:1:3::1'), wang);
  });
});

describe('sign-in: facts', () => {
  test('refused attempts on an account are noted, the first at once, the others of a minute as a count', async () => {
    for (let i = 0; i < 4; i++) await attempt('wang', `wrong-${i}`);
    await attempt('wang', 'wrong-0', elsewhere);
    assert.deepEqual(await notes(wang), [
      ['password', 1, office],
      ['password', 1, elsewhere],
      ['password', 3, office],
    ]);
  });

  test('with their reason', async () => {
    for (let i = 0; i < signInLimits.maxWrongPerPair + 3; i++) await attempt('wang', `wrong-${i}`);
    await change(li, { kind: 'freeze', reason: '' });
    await attempt('li', 'other-horse');
    assert.deepEqual(
      (await notes(wang)).map(([reason]) => reason),
      ['password', 'rate', 'password'],
    );
    assert.deepEqual(await notes(li), [['frozen', 1, office]]);
  });

  test('a typed unknown name is stored nowhere, nor is any password', async () => {
    await attempt('my-secret-typed-here', 'wrong-horse');
    await attempt('wang', 'nearly-right-horse');
    await door.close();
    const records = await faulty.engine.readAll(-1, 1000);
    const all = records.map(({ record }) => Buffer.from(record).toString()).join('\n');
    assert.ok(!all.includes('secret') && !all.includes('horse') && !all.includes(office));
  });
});

describe('sign-in: revocation', () => {
  test('freeze, closing and a new password end the sessions, once', async () => {
    const seen: Revocation[] = [];
    await attempt('wang', 'right-horse');
    door.onRevoked(wang, (why) => seen.push(why));
    door.onRevoked(li, (why) => seen.push(why));
    await change(wang, { kind: 'setQuota', quotaOctets: 9 });
    await change(wang, { kind: 'freeze', reason: '' });
    await change(wang, { kind: 'unfreeze' });
    await change(wang, { kind: 'freeze', reason: '' });
    assert.deepEqual(seen, ['frozen']);
    await change(li, { kind: 'setPassword', verifier: 'x' });
    assert.deepEqual(seen, ['frozen', 'credentials']);
    await change(wang, { kind: 'unfreeze' });
    door.onRevoked(wang, (why) => seen.push(why));
    await change(wang, { kind: 'close' });
    assert.deepEqual(seen, ['frozen', 'credentials', 'closed']);
  });

  test('what happened between sign-in and listening is told of', async () => {
    for (const command of [
      { kind: 'freeze', reason: '' },
      { kind: 'setPassword', verifier: 'x' },
    ] as const) {
      const id = command.kind === 'freeze' ? wang : li;
      await attempt(id === wang ? 'wang' : 'li', id === wang ? 'right-horse' : 'other-horse');
      await change(id, command);
      const why = await new Promise((resolve) => door.onRevoked(id, resolve));
      assert.equal(why, command.kind === 'freeze' ? 'frozen' : 'credentials');
    }
  });

  test('nothing is told after stopping, nor where nothing happened', async () => {
    const seen: Revocation[] = [];
    await attempt('wang', 'right-horse');
    const stop = door.onRevoked(wang, (why) => seen.push(why));
    await new Promise((go) => setImmediate(go));
    stop();
    await change(wang, { kind: 'freeze', reason: '' });
    assert.deepEqual(seen, []);
  });

  test('what another process did ends the sessions here', async () => {
    const other = new Dispatcher(faulty.open(), { epoch: 1 });
    await attempt('wang', 'right-horse');
    const why = new Promise((resolve) => door.onRevoked(wang, resolve));
    const subscription = faulty.log.subscribe(await faulty.log.head(), (batch) => dispatcher.advance(batch));
    await run(account, wang, { kind: 'freeze', reason: '' }, other);
    assert.equal(await why, 'frozen');
    assert.equal(await attempt('wang', 'right-horse'), 'accountFrozen');
    await subscription.close();
  });
});
