import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readMailDate } from '../../services/mail/mail-date.ts';

describe('dates', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['Thu, 7 Mar 2024 09:00:00 +0800', '2024-03-07T01:00:00.000Z'],
    ['7 March 2024 09:00 -0530', '2024-03-07T14:30:00.000Z'],
    ['Thu,  7  Mar  2024 09:00:00 (CST) +0800 (中)', '2024-03-07T01:00:00.000Z'],
    ['Thu, 07-Mar-24 09:00:00 GMT', '2024-03-07T09:00:00.000Z'],
    ['7 Mar 99 09:00:00 EST', '1999-03-07T14:00:00.000Z'],
    ['7 Mar 100 09:00:00', '2000-03-07T09:00:00.000Z'],
    ['7 Mar 0024 09:00:00 UT', '0024-03-07T09:00:00.000Z'],
    ['1 Jan 1970 00:00:00 +0000', '1970-01-01T00:00:00.000Z'],
    ['7 Feb 2106 14:28:16 +08', '2106-02-07T06:28:16.000Z'],
    ['7 Mar 2024 09:00:00 +8000', '2024-03-07T09:00:00.000Z'],
    ['31 Dec 2024 23:59:60 Z', '2025-01-01T00:00:00.000Z'],
  ];
  for (const [value, expected] of cases) {
    test(value, () => assert.equal(new Date(readMailDate(value)!).toISOString(), expected));
  }

  for (const value of [
    '',
    'yesterday',
    '2024年3月13日',
    '32 Mar 2024 09:00:00',
    '7 Foo 2024 09:00:00',
    '7 Mar 2024 25:00:00',
    '('.repeat(9),
  ]) {
    test(`no date: ${value}`, () => assert.equal(readMailDate(value), null));
  }
});
