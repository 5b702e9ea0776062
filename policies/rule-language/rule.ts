/**
 * A rule as people write it: whose mail it is about, what has to be true of it, and what is done then. Data, with a
 * JSON schema (`docs/rule.schema.json`); the types follow from the schema.
 */
import Type, { type Static } from 'typebox';
import { authenticationResults } from '../../services/domain/authentication.ts';
import { type Action, actionSchema } from './rule-actions.ts';
import { type Condition, conditionSchema, listOf, pattern, strict } from './rule-conditions.ts';
import { ruleLimits } from './rule-limits.ts';

const { maxNameCharacters, maxProseCharacters, maxConditions, maxActions, maxSamples } = ruleLimits;

/** RFC 3339, to the second at least, so that it means one instant everywhere. */
const instant = Type.String({
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,3})?(Z|[+-][0-9]{2}:[0-9]{2})$',
});

export const scopeDescription =
  'Whose mail: of anybody in one of the lists; of everybody here where there is no list';

export const scopeSchema = Type.Object(
  {
    direction: Type.Optional(
      Type.Enum(['sent', 'received'], {
        description: 'what those named here send, or what they get; without it both',
      }),
    ),
    traffic: Type.Optional(
      Type.Enum(['internal', 'external'], {
        description: 'within the own domains, or with others; without it both',
      }),
    ),
    domains: Type.Optional(listOf(pattern)),
    departments: Type.Optional(listOf(pattern)),
    people: Type.Optional(listOf(pattern)),
    groups: Type.Optional(listOf(pattern)),
  },
  {
    ...strict,
    description: scopeDescription,
  },
);
export type Scope = Static<typeof scopeSchema>;

const result = Type.Optional(Type.Enum([...authenticationResults]));

const sampleMailSchema = Type.Object(
  {
    here: Type.Optional(
      Type.Array(pattern, {
        minItems: 1,
        maxItems: 20,
        description: 'domains that are ours; without it the domain of the owner',
      }),
    ),
    sender: pattern,
    recipients: listOf(pattern),
    at: Type.Optional(instant),
    from: Type.Optional(pattern),
    subject: Type.Optional(Type.String({ maxLength: maxProseCharacters })),
    body: Type.Optional(Type.String({ maxLength: maxProseCharacters })),
    headers: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[!-9;-~]{1,70}$' }),
        Type.String({ maxLength: maxProseCharacters }),
      ),
    ),
    attachments: Type.Optional(
      listOf(
        Type.Object(
          {
            name: pattern,
            type: Type.Optional(pattern),
            text: Type.Optional(Type.String({ maxLength: maxProseCharacters })),
          },
          strict,
        ),
      ),
    ),
    octets: Type.Optional(Type.Integer({ minimum: 0 })),
    authentication: Type.Optional(
      Type.Object({ spf: result, dkim: result, dmarc: result, arc: result }, strict),
    ),
    encrypted: Type.Optional(Type.Boolean()),
    signed: Type.Optional(Type.Boolean()),
  },
  {
    ...strict,
    description: 'A mail in short; whoever is here belongs to every group and department that the rule names',
  },
);
export type SampleMail = Static<typeof sampleMailSchema>;

export const sampleSchema = Type.Object(
  { mail: sampleMailSchema, expect: Type.Enum(['hit', 'no']) },
  { ...strict, description: 'What the rule must say of a mail before it is published' },
);
export type Sample = Static<typeof sampleSchema>;

/** Everything but conditions and actions, which have forms of their own. */
export const ruleFrameSchema = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: maxNameCharacters,
      pattern: '^[^\\u0000-\\u001f\\u007f]*$',
    }),
    reason: Type.String({
      minLength: 1,
      maxLength: maxProseCharacters,
      description: 'Why there is this rule',
    }),
    owner: pattern,
    start: Type.Optional(instant),
    end: Type.Optional(instant),
    scope: scopeSchema,
    when: Type.Optional(Type.Unknown()),
    except: Type.Optional(Type.Array(Type.Unknown(), { minItems: 1, maxItems: maxConditions })),
    actions: Type.Array(Type.Unknown(), { minItems: 1, maxItems: maxActions }),
    undecidable: Type.Optional(
      Type.Enum(['hold', 'deliver'], {
        description: 'What becomes of a mail of which a needed fact cannot be had; as without it: it is held',
      }),
    ),
    samples: Type.Optional(Type.Array(sampleSchema, { minItems: 1, maxItems: maxSamples })),
  },
  strict,
);

type Frame = Omit<Static<typeof ruleFrameSchema>, 'when' | 'except' | 'actions'>;

export interface Rule extends Readonly<Frame> {
  /** Without it, whatever is in its scope. */
  readonly when?: Condition;
  /** None of them may be true. */
  readonly except?: readonly Condition[];
  readonly actions: readonly Action[];
}

/** JSON Schema (2020-12) of a rule. */
export const ruleSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Rule',
  ...ruleFrameSchema,
  properties: {
    ...ruleFrameSchema.properties,
    when: { $ref: '#/$defs/Condition' },
    except: { ...ruleFrameSchema.properties.except, items: { $ref: '#/$defs/Condition' } },
    actions: { ...ruleFrameSchema.properties.actions, items: actionSchema },
  },
  $defs: { Condition: conditionSchema },
} as const;
