/** What a mail must keep to before it is taken over: features RCV-06, 07, 13. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type IntakeCase, type IntakeRules, judgeIntake } from '../../policies/intake.ts';

const rules: IntakeRules = {
  maxMessageOctets: 1000,
  maxReceivedHops: 50,
  requireFrom: false,
  refuse8bitHeaders: false,
};
const plain: IntakeCase = {
  source: 'smtp',
  octets: 1000,
  receivedCount: 50,
  has8bitHeaders: true,
  smtpUtf8: false,
  hasFrom: false,
};

const cases: readonly [
  name: string,
  mail: Partial<IntakeCase>,
  rules: Partial<IntakeRules>,
  refused: string | null,
][] = [
  ['at its limits', {}, {}, null],
  ['too large', { octets: 1001 }, {}, 'messageTooLarge'],
  ['of any size without a limit', { octets: 1e12 }, { maxMessageOctets: 0 }, null],
  ['one hop too many', { receivedCount: 51 }, {}, 'tooManyHops'],
  ['one hop too many, by submission', { source: 'submission', receivedCount: 51 }, {}, 'tooManyHops'],
  ['many hops, filed by its owner', { source: 'append', receivedCount: 99 }, {}, null],
  ['too large, filed by its owner', { source: 'append', octets: 1001 }, {}, 'messageTooLarge'],
  ['too large, imported', { source: 'import', octets: 1001 }, {}, null],
  ['no From, where one is wanted', {}, { requireFrom: true }, 'messageMalformed'],
  ['From, where one is wanted', { hasFrom: true }, { requireFrom: true }, null],
  ['8-bit header, where it is refused', {}, { refuse8bitHeaders: true }, 'messageMalformed'],
  ['8-bit header with SMTPUTF8', { smtpUtf8: true }, { refuse8bitHeaders: true }, null],
  ['7-bit header, where 8-bit is refused', { has8bitHeaders: false }, { refuse8bitHeaders: true }, null],
];

describe('judgeIntake', () => {
  for (const [name, mail, others, refused] of cases) {
    test(`${name}: ${refused ?? 'taken'}`, () => {
      assert.equal(judgeIntake({ ...plain, ...mail }, { ...rules, ...others })?.refused ?? null, refused);
    });
  }
});
