import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BusinessCalendar, isWorkingTime, workingTimeAfter } from '../../policies/business-time.ts';
import { seededRandom } from '../support/seeded-random.ts';

const hourMs = 3_600_000;
const day = [
  { from: 9 * 60, to: 12 * 60 },
  { from: 13 * 60, to: 18 * 60 },
];
const shanghai: BusinessCalendar = {
  timeZone: 'Asia/Shanghai',
  week: [[], day, day, day, day, day, []],
  // National Day 2026, and the Saturday that is worked for it.
  holidays: new Set(['01', '02', '03', '04', '05', '06', '07'].map((date) => `2026-10-${date}`)),
  workdays: new Set(['2026-10-10']),
  workdayHours: day,
};
const berlin: BusinessCalendar = {
  timeZone: 'Europe/Berlin',
  week: Array.from({ length: 7 }, () => [{ from: 0, to: 1440 }]),
  holidays: new Set(),
  workdays: new Set(),
  workdayHours: [],
};
/** A local time in Shanghai, which has no summer time. */
const cst = (local: string): number => Date.parse(`${local}+08:00`);
const after = (local: string, hours: number): string =>
  new Date(workingTimeAfter(cst(local), hours * hourMs, shanghai)! + 8 * hourMs).toISOString().slice(0, 16);

describe('business time', () => {
  test('counts the hours of a day, without its lunch', () => {
    assert.equal(after('2026-09-22T10:00', 2), '2026-09-22T12:00');
    assert.equal(after('2026-09-22T10:00', 3), '2026-09-22T14:00');
    assert.equal(after('2026-09-22T17:00', 2), '2026-09-23T10:00');
  });

  test('a mail of the evening or the weekend begins to wait when work begins', () => {
    assert.equal(after('2026-09-22T22:30', 1), '2026-09-23T10:00');
    assert.equal(after('2026-09-19T11:00', 1), '2026-09-21T10:00');
    assert.equal(after('2026-09-19T11:00', 0), '2026-09-21T09:00');
  });

  test('holidays do not count, and a worked Saturday does', () => {
    assert.equal(after('2026-09-30T17:00', 2), '2026-10-08T10:00');
    assert.equal(after('2026-10-09T17:00', 2), '2026-10-10T10:00');
    assert.equal(isWorkingTime(cst('2026-10-10T10:00'), shanghai), true);
    assert.equal(isWorkingTime(cst('2026-10-03T10:00'), shanghai), false);
    assert.equal(isWorkingTime(cst('2026-10-01T10:00'), shanghai), false);
  });

  test('a working moment is from the first minute up to the last', () => {
    assert.equal(isWorkingTime(cst('2026-09-22T09:00'), shanghai), true);
    assert.equal(isWorkingTime(cst('2026-09-22T12:00') - 1, shanghai), true);
    assert.equal(isWorkingTime(cst('2026-09-22T12:00'), shanghai), false);
    assert.equal(isWorkingTime(cst('2026-09-22T08:59'), shanghai), false);
  });

  test('the day is that of the house, not of UTC', () => {
    // 09:30 on Monday in Shanghai is 01:30 UTC; 07:00 on Monday there is still Sunday in UTC.
    assert.equal(after('2026-09-21T07:00', 1), '2026-09-21T10:00');
  });

  test('a day on which the clock changes has 23 hours, or 25', () => {
    const hoursOf = (date: string): number => {
      const week = Array.from({ length: 7 }, () => [] as { from: number; to: number }[]);
      week[0] = [{ from: 0, to: 1440 }];
      const sunday = Date.parse(`${date}T12:00Z`) - 24 * hourMs;
      const calendar = { ...berlin, week };
      const begin = workingTimeAfter(sunday, 0, calendar)!;
      let hours = 0;
      while (isWorkingTime(begin + hours * hourMs, calendar)) hours++;
      return hours;
    };
    assert.equal(hoursOf('2026-03-29'), 23);
    assert.equal(hoursOf('2026-10-25'), 25);
    assert.equal(hoursOf('2026-06-07'), 24);
  });

  test('a span that begins in the hour left out begins at the change', () => {
    const calendar = { ...berlin, week: berlin.week.map(() => [{ from: 150, to: 300 }]) };
    // 02:30 does not exist on that day: the clock goes from 02:00 to 03:00, at 01:00 UTC.
    const begin = workingTimeAfter(Date.parse('2026-03-29T00:00Z'), 0, calendar);
    assert.equal(begin, Date.parse('2026-03-29T01:00Z'));
  });

  test('a calendar without work is told, and not searched for ever', () => {
    const never = { ...shanghai, week: [[], [], [], [], [], [], []] };
    assert.equal(workingTimeAfter(cst('2026-01-01T00:00'), 1, { ...never, workdays: new Set() }), null);
  });

  test('time passes alike in one piece or in two, and only while somebody works', () => {
    const random = seededRandom(7);
    for (let i = 0; i < 300; i++) {
      const start =
        cst('2026-01-01T00:00') + Math.floor(random() * 365 * 24) * hourMs + Math.floor(random() * hourMs);
      const [first, second] = [Math.floor(random() * 60 * hourMs), 1 + Math.floor(random() * 60 * hourMs)];
      const middle = workingTimeAfter(start, first, shanghai)!;
      const end = workingTimeAfter(start, first + second, shanghai)!;
      assert.equal(workingTimeAfter(middle, second, shanghai), end);
      assert.ok(start <= middle && middle < end);
      assert.ok(isWorkingTime(end - 1, shanghai), new Date(end).toISOString());
    }
  });
});
