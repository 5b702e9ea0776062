/**
 * The conditions of a rule: their shape as a JSON schema and, from it, as types. A condition looks at one kind of
 * fact (`test`) or joins others (`all`, `any`, `not`).
 */
import Type, { type Static } from 'typebox';
import { authenticationMethods, authenticationResults } from '../../services/domain/authentication.ts';
import { ruleLimits } from './rule-limits.ts';

const { maxListed, maxPatternCharacters, maxWordCharacters, maxConditions } = ruleLimits;

export const strict = { additionalProperties: false } as const;
const line = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000-\\u001f\\u007f]*$' });
export const listOf = <T extends Type.TSchema>(item: T) =>
  Type.Array(item, { minItems: 1, maxItems: maxListed });
const amount = (minimum: number) => Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER });

export const pattern = line(maxPatternCharacters);

export const addressFields = [
  'envelopeSender',
  'envelopeRecipient',
  'from',
  'sender',
  'replyTo',
  'to',
  'cc',
  'bcc',
] as const;
export type AddressField = (typeof addressFields)[number];

/** Where words and numbers are looked for. Any other place is `header:NAME`. */
export const textPlaces = ['subject', 'body', 'attachments', 'attachmentNames'] as const;
const place = Type.Union([Type.Enum([...textPlaces]), Type.String({ pattern: '^header:[!-9;-~]{1,70}$' })], {
  description: 'subject, body, attachments (their text), attachmentNames, or header:NAME',
});

export const numberKinds = ['identityCard', 'bankCard', 'iban', 'phone'] as const;
export type NumberKind = (typeof numberKinds)[number];

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const clock = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' });

const address = Type.Object(
  {
    test: Type.Literal('address'),
    in: listOf(Type.Enum([...addressFields])),
    match: Type.Optional(listOf(pattern)),
    otherThan: Type.Optional(listOf(pattern)),
  },
  {
    ...strict,
    description:
      'An address of these fields is listed, or one is that is not; one of the two: wang@acme.example, @acme.example, @*.acme.example',
  },
);

const text = Type.Object(
  {
    test: Type.Literal('text'),
    in: listOf(place),
    words: listOf(line(maxWordCharacters)),
    match: Type.Optional(
      Type.Enum(['word', 'anywhere'], {
        description:
          'word (as without it): not inside a longer word; languages without spaces are found anywhere',
      }),
    ),
    atLeast: Type.Optional(amount(1)),
    counting: Type.Optional(
      Type.Enum(['occurrences', 'words'], {
        description: 'what atLeast counts: every find, or different words',
      }),
    ),
  },
  { ...strict, description: 'Words or phrases stand there' },
);

const numbers = Type.Object(
  {
    test: Type.Literal('numbers'),
    in: listOf(place),
    kinds: listOf(Type.Enum([...numberKinds])),
    atLeast: Type.Optional(amount(1)),
  },
  { ...strict, description: 'Different numbers of these kinds stand there, their check digits right' },
);

const header = Type.Object(
  { test: Type.Literal('header'), name: Type.String({ pattern: '^[!-9;-~]{1,70}$' }) },
  { ...strict, description: 'The header field is there; what it says is a text in header:NAME' },
);

const attachmentName = Type.Object(
  { test: Type.Literal('attachmentName'), names: listOf(pattern) },
  { ...strict, description: 'An attachment is called like this; * stands for any characters, ? for one' },
);

const mediaType = Type.String({ pattern: '^[a-z0-9.+-]{1,100}/([a-z0-9.+-]{1,100}|\\*)$' });
const attachmentType = Type.Object(
  {
    test: Type.Literal('attachmentType'),
    types: Type.Optional(listOf(mediaType)),
    otherThan: Type.Optional(listOf(mediaType)),
  },
  {
    ...strict,
    description: 'By its content an attachment is of these types, or of another than these; one of the two',
  },
);

const size = Type.Object(
  {
    test: Type.Literal('size'),
    overOctets: Type.Optional(amount(0)),
    underOctets: Type.Optional(amount(1)),
  },
  { ...strict, description: 'The mail as it came has more, or fewer, octets' },
);

const recipients = Type.Object(
  { test: Type.Literal('recipients'), over: amount(0) },
  { ...strict, description: 'The envelope has more recipients than this' },
);

const authentication = Type.Object(
  {
    test: Type.Literal('authentication'),
    method: Type.Enum([...authenticationMethods]),
    results: listOf(Type.Enum([...authenticationResults])),
  },
  { ...strict, description: 'The check of where the mail comes from had one of these results (RFC 8601)' },
);

const time = Type.Object(
  {
    test: Type.Literal('time'),
    zone: line(64),
    days: Type.Optional(listOf(Type.Enum([...weekdays]))),
    from: clock,
    until: clock,
  },
  {
    ...strict,
    description:
      'It is accepted between these times; where until is not after from, they span midnight and days are those of from',
  },
);

const protection = Type.Object(
  { test: Type.Literal('protection'), kinds: listOf(Type.Enum(['encrypted', 'signed'])) },
  { ...strict, description: 'The mail is encrypted or signed by S/MIME or OpenPGP' },
);

/** By their `test`. */
export const conditionSchemas = {
  address,
  text,
  numbers,
  header,
  attachmentName,
  attachmentType,
  size,
  recipients,
  authentication,
  time,
  protection,
} as const;

export type TestName = keyof typeof conditionSchemas;
export type Test = Static<(typeof conditionSchemas)[TestName]>;
export type TestOf<N extends TestName> = Static<(typeof conditionSchemas)[N]>;

export type Condition =
  | Test
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

const inner = Type.Ref('#/$defs/Condition');
const several = Type.Array(inner, { minItems: 1, maxItems: maxConditions });

/** The one that refers to itself, for the JSON schema. */
export const conditionSchema = Type.Union([
  ...Object.values(conditionSchemas),
  Type.Object({ all: several }, { ...strict, description: 'Every one of them' }),
  Type.Object({ any: several }, { ...strict, description: 'At least one of them' }),
  Type.Object({ not: inner }, { ...strict, description: 'Not this' }),
]);
