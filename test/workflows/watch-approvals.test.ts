/** The clock of approvals: a year with holidays, absences, people who leave, and a process that is away now and then. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isRefusal } from '../../services/domain/refusals.ts';
import { uuidOf } from '../support/given-when-then.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { ApprovalYear } from './approval-year.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const china = { kind: 'setWorkingHours', timeZone: 'Asia/Shanghai', workdayHours: [540, 1080] } as const;
const week = [1, 2, 3, 4, 5].flatMap((day) => [day, 540, 1080]);
/** Tuesday before the holidays of October, ten o'clock in Shanghai. */
const tuesday = Date.parse('2026-09-29T10:00:00+08:00');
const hold = {
  do: 'holdForApproval',
  reviewer: 'li',
  deputy: 'zhao',
  remindAfterHours: 4,
  deadlineHours: 18,
  atDeadline: 'return',
} as const;

async function firm(t: Parameters<typeof ApprovalYear.open>[0], nowMs = tuesday) {
  const year = await ApprovalYear.open(t, nowMs);
  const [wang, li, zhao, chen, admin] = [
    await year.person('wang'),
    await year.person('li'),
    await year.person('zhao'),
    await year.person('chen'),
    await year.person('admin', ['administrator']),
  ];
  await year.inHouse({ ...china, week });
  await year.inHouse({
    kind: 'importHolidays',
    years: [2026],
    holidays: [20261001, 20261002, 20261003, 20261004, 20261005, 20261006, 20261007],
    workdays: [20260927, 20261010],
  });
  return { year, wang, li, zhao, chen, admin };
}

const stateOf = (year: ApprovalYear, id: string) => year.approvals.one(id)!;

describe('deadlines', () => {
  test('count working hours: over the holidays, and with the Saturday that is worked for them', async (t) => {
    const { year, wang } = await firm(t);
    const first = await year.hold(wang, hold);
    assert.equal(stateOf(year, first).deadlineMs, Date.parse('2026-10-08T10:00:00+08:00'));
    const late = await year.hold(wang, { ...hold, deadlineHours: 36 });
    assert.equal(stateOf(year, late).deadlineMs, Date.parse('2026-10-10T10:00:00+08:00'));
    const overSaturday = await year.hold(wang, { ...hold, deadlineHours: 54 });
    assert.equal(stateOf(year, overSaturday).deadlineMs, Date.parse('2026-10-13T10:00:00+08:00'));
    await year.at(Date.parse('2026-10-10T09:59:59+08:00'));
    assert.equal(stateOf(year, late).state, 'waiting');
    await year.at(Date.parse('2026-10-10T10:00:00+08:00'));
    assert.deepEqual([stateOf(year, late).state, stateOf(year, late).endedBy], ['returned', 'deadline']);
  });

  test('what was stated happens, and once, however late the clock looks', async (t) => {
    const { year, wang, li } = await firm(t);
    const [back, on] = [
      await year.hold(wang, hold),
      await year.hold(wang, { ...hold, atDeadline: 'deliver' }),
    ];
    year.watch = year.newWatch();
    await year.at(tuesday + 60 * dayMs);
    await year.at(tuesday + 61 * dayMs);
    assert.deepEqual([stateOf(year, back).state, stateOf(year, on).state], ['returned', 'released']);
    await assert.rejects(year.decide(back, li, 'release'));
    assert.deepEqual(
      [...(await year.endings()).values()],
      [
        ['ApprovalLapsed', 'RecipientsReturned'],
        ['ApprovalLapsed', 'RecipientsReleased'],
      ],
    );
  });

  test('quarantine waits for as long as it takes', async (t) => {
    const { year, wang, admin } = await firm(t);
    const id = await year.hold(wang, { do: 'quarantine' });
    await year.at(tuesday + 500 * dayMs);
    assert.equal(stateOf(year, id).state, 'waiting');
    await year.decide(id, admin, 'return');
    await year.react();
    assert.equal((await year.endings()).values().next().value!.at(-1), 'RecipientsReturned');
  });
});

describe('reminders', () => {
  test('come in working time, again each working day, and not behind the deadline', async (t) => {
    const { year, wang } = await firm(t);
    const id = await year.hold(wang, { ...hold, deadlineHours: 45 });
    const reminded = () => year.approvals.steps(id).filter(({ type }) => type === 'ReviewerReminded').length;
    await year.at(tuesday + 4 * hourMs - 1);
    assert.equal(reminded(), 0);
    await year.at(tuesday + 4 * hourMs);
    await year.at(tuesday + 4 * hourMs);
    assert.equal(reminded(), 1);
    await year.at(Date.parse('2026-10-07T12:00:00+08:00'));
    assert.equal(reminded(), 2);
    await year.at(Date.parse('2026-10-08T08:00:00+08:00'));
    assert.equal(reminded(), 2, 'nobody is reminded in the holidays');
    await year.at(tuesday + 60 * dayMs);
    assert.equal(stateOf(year, id).state, 'returned');
    assert.ok(reminded() <= 3);
  });
});

describe('who decides', () => {
  test('APR-02: the deputy, for as long as the reviewer is away', async (t) => {
    const { year, wang, li, zhao } = await firm(t);
    const [first, second] = [await year.hold(wang, hold), await year.hold(wang, hold)];
    await assert.rejects(year.decide(first, zhao, 'release'));
    const away = { fromMs: tuesday + hourMs, untilMs: tuesday + 2 * hourMs, nowMs: tuesday };
    await year.inAccount(li, { kind: 'goAway', ...away });
    await year.at(tuesday + hourMs);
    const subject = { kind: 'account', account: zhao, roles: ['staff'] } as const;
    assert.equal(isRefusal(await year.desk.permitted(first, subject)), false);
    await year.decide(first, zhao, 'release');
    await year.at(tuesday + 2 * hourMs);
    assert.equal(isRefusal(await year.desk.permitted(second, subject)), true);
    await assert.rejects(year.decide(second, zhao, 'release'));
    assert.deepEqual([stateOf(year, first).decidedAs, stateOf(year, second).state], ['deputy', 'waiting']);
    await year.inAccount(li, { kind: 'comeBack', nowMs: year.nowMs });
  });

  test('a reviewer who leaves gives way to the leader, and nobody gets their own mail', async (t) => {
    const { year, wang, li, zhao, chen } = await firm(t);
    const department = { department: uuidOf(50), tag: 'a'.repeat(32), name: '法务', parent: null, order: 1 };
    await year.inHouse({ kind: 'addDepartment', ...department });
    await year.inHouse({ kind: 'leadDepartment', department: uuidOf(50), leader: chen });
    await year.inHouse({ kind: 'assignDepartment', department: uuidOf(50), accounts: [li] });
    const [ofWang, ofChen] = [await year.hold(wang, hold), await year.hold(chen, hold)];
    await year.inAccount(li, { kind: 'freeze', reason: 'left' });
    await year.at(tuesday + 1);
    assert.deepEqual([stateOf(year, ofWang).reviewer, stateOf(year, ofWang).deputy], [chen, zhao]);
    assert.deepEqual(
      [stateOf(year, ofChen).reviewer, stateOf(year, ofChen).reviewerRole],
      [null, 'administrator'],
    );
    await assert.rejects(year.decide(ofWang, li, 'release'));
    await year.decide(ofWang, chen, 'release');
  });
});

test('over a year with holidays every held mail ends in exactly one outcome, and it happens', {
  timeout: 300_000,
}, async (t) => {
  const start = Date.parse('2026-01-01T09:00:00+08:00');
  const { year, wang, li, zhao, chen, admin } = await firm(t, start);
  const people = [wang, li, zhao, chen, admin];
  const random = seededRandom(20260101);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const held: string[] = [];
  for (let nowMs = start; nowMs < start + 365 * dayMs; nowMs += Math.floor(random() * 3 * dayMs)) {
    // Now and then the process was away, and comes back with nothing in memory.
    if (random() < 0.3) year.watch = year.newWatch();
    if (random() < 0.8) await year.at(nowMs);
    else year.nowMs = nowMs;
    held.push(
      await year.hold(pick(people), {
        ...hold,
        reviewer: pick(['li', 'chen', 'leader', 'role:administrator', 'nobody']),
        deadlineHours: 1 + Math.floor(random() * 60),
        atDeadline: pick(['return', 'deliver']),
      }),
    );
    const id = pick(held.slice(-4));
    const { reviewer, submitter } = stateOf(year, id);
    const by = random() < 0.5 ? (reviewer ?? admin) : pick(people);
    if (random() < 0.5) await year.decide(id, by, pick(['release', 'return'])).catch(() => {});
    if (random() < 0.1) await year.desk.withdraw(id, submitter!, 'system').catch(() => {});
    const who = pick([li, chen]);
    const away = { fromMs: nowMs, untilMs: nowMs + 5 * dayMs, nowMs };
    if (random() < 0.2) await year.inAccount(who, { kind: 'goAway', ...away });
    if (random() < 0.1) await year.inAccount(who, { kind: 'freeze', reason: '' });
    else if (random() < 0.3) await year.inAccount(who, { kind: 'unfreeze' });
    await year.react();
  }
  await year.at(start + 420 * dayMs);
  assert.deepEqual(year.reports, []);
  const endings = await year.endings();
  assert.ok(held.length > 150, `${held.length}`);
  assert.equal(endings.size, held.length);
  for (const [message, types] of endings) assert.equal(types.length, 2, `${message}: ${types.join(' ')}`);
  const { underway, finished, unaccounted } = year.counters.counts();
  assert.deepEqual([underway.waiting, unaccounted], [0, 0]);
  assert.equal(underway.accepted + finished['returned']!, held.length);
  const outcomes = new Set(held.map((id) => `${stateOf(year, id).state} ${stateOf(year, id).endedBy}`));
  assert.ok(outcomes.size >= 5, [...outcomes].join(', '));
});
