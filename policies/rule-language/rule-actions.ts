/** What a rule does with a mail: its shape, and which actions decide whether the mail goes on. */
import Type, { type Static } from 'typebox';
import { listOf, pattern, strict } from './rule-conditions.ts';
import { ruleLimits } from './rule-limits.ts';

const prose = Type.String({ minLength: 1, maxLength: ruleLimits.maxProseCharacters });
const tag = Type.String({ minLength: 1, maxLength: 60, pattern: '^[^\\u0000-\\u001f\\u007f]*$' });
const hours = Type.Integer({ minimum: 1, maximum: 24 * 365, description: 'working hours' });

const deliver = Type.Object(
  { do: Type.Literal('deliver') },
  { ...strict, description: 'Lets it go on, and keeps why; a stricter rule still wins' },
);

const copyToSupervisors = Type.Object(
  {
    do: Type.Literal('copyToSupervisors'),
    to: Type.Optional(
      Type.Array(pattern, {
        minItems: 1,
        maxItems: 100,
        description:
          'who supervises: addresses here, `leader` for the leader over the person whose mail it is; as without it: leader',
      }),
    ),
    reviewWithinHours: Type.Optional(hours),
    sealed: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1000,
        description: 'why the person is not told who looked at it; without it they see that',
      }),
    ),
  },
  { ...strict, description: 'Puts it before supervisors, who review it; nothing of it is held' },
);

const reviewerText = { minLength: 1, maxLength: ruleLimits.maxPatternCharacters } as const;

const holdForApproval = Type.Object(
  {
    do: Type.Literal('holdForApproval'),
    reviewer: Type.String({
      ...reviewerText,
      description:
        'who decides: an address here, `leader` for the leader of the department of whoever sent it, or `role:administrator`, `role:auditor`, `role:supervisor`',
    }),
    deputy: Type.Optional(
      Type.String({
        ...reviewerText,
        description: 'who decides while the reviewer is away: an address here',
      }),
    ),
    hold: Type.Optional(
      Type.Enum(['all', 'external'], { description: 'for which of its recipients; as without it: all' }),
    ),
    remindAfterHours: Type.Optional(hours),
    deadlineHours: hours,
    atDeadline: Type.Enum(['return', 'deliver']),
  },
  { ...strict, description: 'Keeps it until the reviewer has decided, or the deadline has come' },
);

const refuse = Type.Object(
  { do: Type.Literal('refuse'), text: prose },
  { ...strict, description: 'Does not take it; the sender reads the text' },
);

const quarantine = Type.Object(
  { do: Type.Literal('quarantine') },
  { ...strict, description: 'Keeps it apart until an administrator has decided' },
);

const notify = Type.Object(
  { do: Type.Literal('notify'), to: listOf(pattern), text: prose },
  {
    ...strict,
    description:
      'Writes to these addresses; `sender` stands for whoever here sent it, `leader` for the leader over whoever’s mail it is',
  },
);

const tagSubject = Type.Object(
  { do: Type.Literal('tagSubject'), tag },
  { ...strict, description: 'Puts the tag in front of the subject' },
);

const appendDisclaimer = Type.Object(
  { do: Type.Literal('appendDisclaimer'), text: prose },
  { ...strict, description: 'Puts the text below what was written' },
);

/** A reviewer who is not named: the leader over whoever sent the mail, or whoever has a role. */
export function isReviewingOffice(reviewer: string): boolean {
  return reviewer === 'leader' || /^role:(?:administrator|auditor|supervisor)$/.test(reviewer);
}

/** By what they do. */
export const actionSchemas = {
  deliver,
  copyToSupervisors,
  holdForApproval,
  refuse,
  quarantine,
  notify,
  tagSubject,
  appendDisclaimer,
} as const;

export type ActionName = keyof typeof actionSchemas;
export type Action = Static<(typeof actionSchemas)[ActionName]>;

export const actionSchema = Type.Union(Object.values(actionSchemas));

/** What becomes of a mail, the mildest first. */
export const dispositions = ['deliver', 'hold', 'quarantine', 'refuse'] as const;
export type Disposition = (typeof dispositions)[number];

const decisive: Partial<Readonly<Record<ActionName, Disposition>>> = {
  holdForApproval: 'hold',
  quarantine: 'quarantine',
  refuse: 'refuse',
};

/** The rest go on with the mail and decide nothing. */
export function dispositionOf(action: Action): Disposition {
  return decisive[action.do] ?? 'deliver';
}

export function stricter(one: Disposition, other: Disposition): Disposition {
  return dispositions.indexOf(one) < dispositions.indexOf(other) ? other : one;
}
