/** Rules: their versions, trying them on a mail, publishing and taking back. */
import Type from 'typebox';
import { address, nullable, reason, strictObject, timeMs, uuid } from './fields.ts';
import { route } from './route-declaration.ts';

const rule = strictObject({ rule: uuid });
const text = Type.String({ minLength: 2, maxLength: 100_000, description: 'JSON: docs/rules.md' });

const ruleItem = Type.Object({
  rule: uuid,
  version: Type.Integer(),
  name: Type.String(),
  owner: Type.String(),
  phase: Type.Enum(['waiting', 'active', 'ended', 'withdrawn']),
  startMs: nullable(timeMs),
  endMs: nullable(timeMs),
  failedVersion: Type.Integer({ description: 'the last that broke on a mail; 0 where none has' }),
  withdrawnReason: Type.String(),
  accepted: Type.Integer({ description: 'mails of which its last version had something to say' }),
  refused: Type.Integer(),
});

const ruleVersion = Type.Object({
  version: Type.Integer(),
  publishedAtMs: timeMs,
  by: Type.String({ description: 'address, or who else it was' }),
  samples: Type.Integer(),
  restores: nullable(Type.Integer({ description: 'the earlier version whose text it is' })),
  text: Type.String(),
  accepted: Type.Integer(),
  refused: Type.Integer(),
});

const dryRun = Type.Object({
  state: Type.Enum(['none', 'running', 'ended', 'failed']),
  fromMs: timeMs,
  done: Type.Integer(),
  total: Type.Integer({ description: 'mails that rules judged in this time, about' }),
  hits: Type.Integer(),
  undecidable: Type.Integer({ description: 'of these the log does not have what the rule asks for' }),
  latest: Type.Array(
    Type.Object({ message: uuid, acceptedAtMs: timeMs, sender: Type.String(), subject: Type.String() }),
    { description: 'the latest that it hits' },
  ),
});

const published = Type.Object({ rule: uuid, version: Type.Integer(), isNew: Type.Boolean() });

const blamesText = {
  ruleMalformed: 'text',
  ruleSampleFailed: 'text',
  ruleNameUnknown: 'text',
  ruleEnded: 'text',
  ruleNameTaken: 'text',
} as const;

export const ruleRoutes = {
  listRules: route({
    method: 'GET',
    path: '/api/rules',
    act: 'readRules',
    concerns: 'installation',
    summary: 'Lists the rules with what each has done.',
    answer: Type.Object({ items: Type.Array(ruleItem) }),
  }),
  showRule: route({
    method: 'GET',
    path: '/api/rules/:rule',
    act: 'readRules',
    concerns: 'installation',
    summary: 'Shows a rule with its versions, the newest first.',
    params: rule,
    answer: Type.Intersect([ruleItem, Type.Object({ versions: Type.Array(ruleVersion) })]),
  }),
  publishRule: route({
    method: 'POST',
    path: '/api/rules',
    act: 'manageRules',
    concerns: 'installation',
    summary: 'Publishes a rule, or with `of` a new version of one; its samples must come out as they should.',
    body: strictObject({
      text,
      of: Type.Optional(uuid),
      seenVersion: Type.Optional(
        Type.Integer({ description: 'with `of`: refused where there is a newer version than this' }),
      ),
    }),
    answer: published,
    blames: blamesText,
  }),
  restoreRule: route({
    method: 'POST',
    path: '/api/rules/:rule/restore',
    act: 'manageRules',
    concerns: 'installation',
    summary: 'Publishes the text of an earlier version anew.',
    params: rule,
    body: strictObject({ version: Type.Integer({ minimum: 1 }) }),
    answer: published,
    blames: { ruleNotFound: 'version', ruleNameUnknown: 'version', ruleEnded: 'version' },
  }),
  withdrawRule: route({
    method: 'POST',
    path: '/api/rules/:rule/withdraw',
    act: 'manageRules',
    concerns: 'installation',
    summary: 'Takes a rule out of force.',
    params: rule,
    body: strictObject({ reason }),
    answer: null,
  }),
  tryRule: route({
    method: 'POST',
    path: '/api/rules/try',
    act: 'readRules',
    concerns: 'installation',
    summary: 'Says what a rule would do with a mail, and why; nothing is published, sent or kept.',
    body: strictObject({
      text,
      mail: Type.Optional(Type.String({ contentEncoding: 'base64', description: 'the octets of a mail' })),
      message: Type.Optional(
        Type.String({
          ...uuid,
          description: 'or the id of one that one has sent, or that this session has opened with a reason',
        }),
      ),
      sender: Type.Optional(address),
      recipients: Type.Optional(Type.Array(address, { maxItems: 100 })),
      isFromOutside: Type.Optional(Type.Boolean()),
    }),
    maxBodyOctets: 32 * 1024 * 1024,
    answer: Type.Object({
      outcome: Type.Enum(['hit', 'failed', 'undecided', 'none']),
      actions: Type.Array(Type.String()),
      recipients: Type.Array(Type.String()),
      missing: Type.Array(Type.String()),
      reasons: Type.Array(
        Type.Object({
          at: Type.String({ description: 'which condition of the rule' }),
          test: Type.String(),
          count: Type.Integer(),
          places: Type.Array(
            Type.Object({
              in: Type.String(),
              part: Type.String(),
              found: Type.String(),
              before: Type.String({ description: 'what stands before it' }),
              after: Type.String(),
            }),
          ),
        }),
      ),
    }),
    blames: { ruleMalformed: 'text', messageNotFound: 'message', reasonMissing: 'message' },
  }),
  startDryRun: route({
    method: 'POST',
    path: '/api/rules/dry-runs',
    act: 'readRules',
    concerns: 'installation',
    summary:
      'Begins to judge the mail of the last thirty days by a rule, by what the log has of each; nothing is published. Another one ends it.',
    body: strictObject({ text }),
    answer: dryRun,
    blames: { ruleMalformed: 'text' },
  }),
  showDryRun: route({
    method: 'GET',
    path: '/api/rules/dry-runs',
    act: 'readRules',
    concerns: 'installation',
    summary: 'Tells how far one’s own dry run is, and what it found.',
    answer: dryRun,
  }),
} as const;
