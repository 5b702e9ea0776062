/** Working hours, holidays and absences, and the list in which holidays come. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readHolidays } from '../../services/approvals/holiday-list.ts';
import { isAway } from '../../services/domain/absence.ts';
import { type AccountCommand, account } from '../../services/domain/account.ts';
import { organisation } from '../../services/domain/organisation.ts';
import { assertRefused, decided, stateAfter, uuidOf } from '../support/given-when-then.ts';

const holidays = {
  kind: 'importHolidays',
  years: [2026],
  holidays: [20261001],
  workdays: [20261010],
} as const;

describe('the calendar of the house', () => {
  test('a list replaces the days of its years, and no others', () => {
    const other = { ...holidays, years: [2027], holidays: [20270101], workdays: [] };
    const again = { ...holidays, holidays: [20261002], workdays: [] };
    const { calendar } = stateAfter(organisation, [holidays, other, again]);
    assert.deepEqual([...calendar.holidays].sort(), [20261002, 20270101]);
    assert.equal(calendar.workdays.size, 0);
  });

  test('days that there are not, of another year, or both, are refused', () => {
    for (const wrong of [[20260230], [20270101], [20261010], [99999999]])
      assertRefused(organisation, [], { ...holidays, holidays: wrong }, 'calendarInvalid');
  });

  test('hours lie within a day, ascending and apart', () => {
    const hours = (week: number[], workdayHours = [540, 1080]) =>
      ({ kind: 'setWorkingHours', week, workdayHours, timeZone: 'Asia/Shanghai' }) as const;
    assert.equal(decided(organisation, [], hours([1, 540, 720, 1, 780, 1080])).length, 1);
    for (const week of [
      [],
      [7, 540, 720],
      [1, 720, 540],
      [1, 540, 1500],
      [1, 540],
      [1, 540, 720, 1, 600, 800],
    ])
      assertRefused(organisation, [], hours(week), 'calendarInvalid');
    assertRefused(organisation, [], hours([1, 540, 720], [540]), 'calendarInvalid');
  });

  test('a list is read as it comes, and all that is wrong with it is told by line', () => {
    const list = '\ufeffdate,kind,name\r\n2026-10-01,holiday,国庆节\n2026/10/10,班\n\n2027-01-01,休\n';
    assert.deepEqual(readHolidays(list), {
      years: [2026, 2027],
      holidays: [20261001, 20270101],
      workdays: [20261010],
    });
    const wrong =
      '2026-02-30,holiday\nsoon,holiday\n2026-10-01,party\n2026-10-02,holiday\n2026-10-02,workday';
    assert.deepEqual(
      (readHolidays(wrong) as readonly { line: number }[]).map(({ line }) => line),
      [1, 2, 3, 5],
    );
  });
});

describe('absences', () => {
  const open: AccountCommand = {
    ...{ kind: 'open', domain: uuidOf(1), address: 'li@acme.example', realName: '', quotaOctets: 0 },
    ...{ roles: [], verifier: null },
  };
  const away = { kind: 'goAway', fromMs: 100, untilMs: 200, nowMs: 50 } as const;
  const awayAt = (atMs: number, ...commands: AccountCommand[]) =>
    isAway(stateAfter(account, [open, ...commands]).absences, atMs);

  test('somebody is away from the one time until the other', () => {
    assert.deepEqual(
      [99, 100, 199, 200].map((atMs) => awayAt(atMs, away)),
      [false, true, true, false],
    );
  });

  test('who is back is back, and what was planned is no more', () => {
    const later = { kind: 'goAway', fromMs: 300, untilMs: 400, nowMs: 50 } as const;
    const back = { kind: 'comeBack', nowMs: 150 } as const;
    assert.deepEqual(
      [149, 150, 350].map((atMs) => awayAt(atMs, away, later, back)),
      [true, false, false],
    );
    assert.deepEqual(decided(account, [open], back), []);
  });

  test('not backwards, not in the past', () => {
    assertRefused(account, [open], { ...away, untilMs: 100 }, 'absenceInvalid');
    assertRefused(account, [open], { ...away, nowMs: 200 }, 'absenceInvalid');
  });
});
