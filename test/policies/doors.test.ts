/**
 * Every door asks the table of access. What cannot be reached without a permit is held by the compiler: each line
 * below an "@ts-expect-error" is one that must not compile, and `npm run check` fails where it does.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fastify } from 'fastify';
import { acts, ask, may, type Permit, type Subject } from '../../policies/access.ts';
import type { House } from '../../services/cli/house.ts';
import { performVerb } from '../../services/cli/perform.ts';
import { asVerb } from '../../services/cli/verb.ts';
import { verbs } from '../../services/cli/verb-list.ts';
import { verifyHouse } from '../../services/cli/verbs/verify.ts';
import { Dispatcher } from '../../services/dispatch.ts';
import { checkDraft } from '../../services/domain/check-draft.ts';
import { isRefusal, refusals } from '../../services/domain/refusals.ts';
import { actOf, askForRoutes } from '../../services/http/route-access.ts';
import type { Intake } from '../../services/intake.ts';
import type { MailstoreDoor } from '../../services/mailstores/mailstore-door.ts';
import { operatorRecorder } from '../../services/recording/record-operator.ts';
import { noSessions } from '../http/no-sessions.ts';
import { FaultyLog } from '../support/faulty-log.ts';
import { uuidOf } from '../support/given-when-then.ts';
import { ownPermit } from '../support/permits.ts';

/** Whatever is touched before the table has been asked. */
const untouchable = new Proxy(
  {},
  {
    get: (_, member) => {
      throw new Error(`${String(member)} was touched`);
    },
  },
) as House;

/** Somebody to whom the table does not give the act; null where it gives it to all. */
function somebodyWithout(verb: (typeof verbs)[number]): Subject | null {
  const candidates: readonly Subject[] = [
    { kind: 'anybody' },
    { kind: 'account', account: uuidOf(1), roles: ['staff'] },
  ];
  return candidates.find((subject) => !may(subject, verb.act, { owner: null })) ?? null;
}

describe('the command line', () => {
  for (const verb of verbs) {
    test(`${verb.name} asks for ${verb.act} before it touches anything`, async () => {
      const subject = somebodyWithout(verb);
      assert.ok(subject, 'no verb is for everybody');
      const reply = await performVerb(untouchable, verb.name, {}, () => {}, subject);
      assert.deepEqual(reply, { kind: 'failure', text: refusals.notPermitted, expected: true });
      assert.ok(may({ kind: 'operator' }, verb.act, { owner: null }), 'the operator may');
    });
  }

  for (const verb of verbs.filter(({ looksAt }) => looksAt)) {
    test(`${verb.name} is recorded before anything is shown, or nothing is`, async () => {
      const house = new Proxy(
        {},
        {
          get: (_, member) => {
            if (member === 'reportFault') return () => {};
            assert.equal(member, 'recordLook', 'touched before it was recorded');
            return () => Promise.reject(new Error('the log cannot be written'));
          },
        },
      ) as House;
      const reply = await performVerb(house, verb.name, { id: uuidOf(9) }, () => {});
      assert.deepEqual(reply, {
        kind: 'failure',
        text: 'This failed: the log cannot be written',
        expected: false,
      });
    });
  }

  test('what the operator looks at is in the log, its query sealed', async () => {
    const faulty = new FaultyLog();
    const record = operatorRecorder(new Dispatcher(faulty.log, { epoch: 1 }));
    const permit = ask({ kind: 'operator' }, 'traceMail', { owner: null });
    assert.ok(!isRefusal(permit));
    await record(permit, { message: null, query: 'sender: buyer@outside.example' });
    const [fact] = await faulty.open().readAll(-1, 10);
    await faulty.log.prepare([fact!]);
    assert.deepEqual(checkDraft('session', fact!), []);
    assert.deepEqual(
      [fact!.type, fact!.actor, fact!.data],
      ['OperatorLooked', 'operator', { act: 'traceMail', message: null }],
    );
    assert.ok(!Buffer.from(fact!.record).includes('buyer'));
  });

  test('verbs that show mail are these', () => {
    assert.deepEqual(
      verbs
        .filter(({ looksAt }) => looksAt)
        .map(({ name }) => name)
        .sort(),
      [
        ...['approval list', 'approval log', 'approval show', 'message trace', 'prove', 'queue list'],
        ...['supervision list', 'supervision show'],
      ],
    );
  });

  test('a verb without an act is no verb', () => {
    // @ts-expect-error the act is missing
    asVerb({
      name: 'x',
      summary: '',
      usage: '',
      examples: [],
      prepare: () => ({}),
      perform: async () => ({ json: 0, text: '' }),
    });
  });
});

describe('HTTP', () => {
  test('a route without an act stops the start', () => {
    const app = fastify();
    askForRoutes(app, noSessions());
    assert.throws(() => app.get('/planted', async () => 'x'), /\/planted names no act/);
  });

  test('a route whose act is not for anybody is not answered', async () => {
    const app = fastify();
    askForRoutes(app, noSessions());
    app.get('/open', actOf('readState'), async () => 'counts');
    app.get('/closed', actOf('verifyLog'), async () => 'secrets');
    assert.equal((await app.inject('/open')).body, 'counts');
    const closed = await app.inject('/closed');
    assert.equal(closed.statusCode, 401);
    assert.ok(!closed.body.includes('secrets'));
  });
});

/** Never run: the compiler reads it. */
function notWithoutPermit(door: MailstoreDoor, intake: Intake, own: Permit<'readMail'>): void {
  const account = uuidOf(1);
  // @ts-expect-error an id opens nothing
  void door.open(account);
  // @ts-expect-error nor does what only looks like a permit
  void door.open({ subject: { kind: 'operator' }, object: { owner: account }, act: 'readMail' });
  // @ts-expect-error nor an answer that may be a refusal
  void door.open(ask({ kind: 'operator' }, 'readMail', { owner: account }));
  // @ts-expect-error watching is reading
  void door.watch(account, () => {});
  // @ts-expect-error who may read may not change
  void door.execute(own, { kind: 'nameKeywords', names: [] });
  // @ts-expect-error no mail comes in without
  void intake.begin();
  // @ts-expect-error who may read may not hand in
  void intake.begin(own);
  // @ts-expect-error verification of what is refused to serve asks as well
  void verifyHouse(untouchable, { since: null, checkpoint: null, place: null, quick: true }, () => {});
}

describe('mailstores and the intake', () => {
  test('take permits of the right act, and only those (compiled above)', () => {
    assert.equal(typeof notWithoutPermit, 'function');
    assert.equal(ownPermit('readMail', uuidOf(1)).act, 'readMail');
    assert.ok(isRefusal(ask({ kind: 'anybody' }, 'sendMail', { owner: null })));
    assert.ok(isRefusal(ask({ kind: 'operator' }, 'changeMail', { owner: uuidOf(1) })));
  });

  test('there is nothing that the table does not know', () => {
    assert.deepEqual(
      [...new Set(verbs.map(({ act }) => act))].filter((act) => !acts.includes(act)),
      [],
    );
  });
});
