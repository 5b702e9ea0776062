/** Mail that rules hold: what waits for somebody, why, and what was decided. */
import Type from 'typebox';
import { nullable, pageQuery, strictObject, timeMs, uuid } from './fields.ts';
import { route } from './route-declaration.ts';

const approval = strictObject({ approval: uuid });
const comment = Type.String({ maxLength: 4000, description: 'the sender reads it' });

const approvalItem = Type.Object({
  approval: uuid,
  message: uuid,
  kind: Type.Enum(['approval', 'quarantine']),
  state: Type.Enum(['waiting', 'released', 'returned', 'withdrawn']),
  octets: Type.String({ description: 'digest of what is decided on; a decision repeats it' }),
  sender: Type.String(),
  senderName: Type.String(),
  isOwn: Type.Boolean({ description: 'the caller sent it' }),
  subject: Type.String(),
  rules: Type.Array(Type.String({ description: 'name of a rule that holds it' })),
  reviewer: nullable(Type.String({ description: 'address; null where whoever has the role decides' })),
  reviewerRole: nullable(Type.Enum(['supervisor', 'auditor', 'administrator'])),
  deputy: nullable(Type.String()),
  requestedAtMs: timeMs,
  deadlineMs: nullable(timeMs),
  onDeadline: Type.Enum(['deliver', 'return']),
  endedAtMs: nullable(timeMs),
  endedBy: nullable(Type.Enum(['decision', 'deadline', 'sender'])),
  decidedBy: nullable(Type.String()),
  decidedAs: nullable(Type.Enum(['reviewer', 'deputy', 'role'])),
  comment: Type.String(),
  resubmits: nullable(
    Type.String({ description: 'approval after which it came back, before it was corrected' }),
  ),
  resubmittedAs: nullable(
    Type.String({ description: 'approval of the corrected mail, where that was held' }),
  ),
});

const approvalStep = Type.Object({
  position: Type.Integer({ description: 'in the whole log' }),
  atMs: timeMs,
  type: Type.String(),
  who: Type.String({ description: 'address, or who else it was' }),
  comment: Type.String(),
});

const recipients = Type.Array(Type.String({ maxLength: 320 }), { maxItems: 1000 });

const draft = strictObject({
  from: Type.String({ maxLength: 320, description: 'the address that it is sent under' }),
  to: recipients,
  cc: recipients,
  bcc: recipients,
  subject: Type.String({ maxLength: 2000 }),
  text: Type.String({ maxLength: 500_000 }),
  files: Type.Array(strictObject({ name: Type.String({ maxLength: 1000 }) }), { maxItems: 200 }),
  octets: Type.Integer({ minimum: 0, description: 'of text and files together, about' }),
});

const preview = Type.Object({
  outcome: Type.Enum(['none', 'held', 'perhapsHeld', 'refused'], {
    description: 'perhapsHeld: it depends on what is only seen when the mail is sent',
  }),
  rules: Type.Array(Type.String({ description: 'name of a rule' })),
  reviewer: nullable(Type.String({ description: 'who decides, by name or address' })),
  reviewerRole: nullable(Type.Enum(['supervisor', 'auditor', 'administrator'])),
  refusal: Type.String({ description: 'what the rule says to the sender; empty unless refused' }),
});

/** What a rule has found: `found` stands at [start, end) of that text. */
export const hit = Type.Object({
  rule: Type.String(),
  test: Type.String(),
  in: Type.String(),
  part: Type.String(),
  start: Type.Integer(),
  end: Type.Integer(),
  found: Type.String(),
});

export const approvalRoutes = {
  listApprovals: route({
    method: 'GET',
    path: '/api/approvals',
    act: 'reviewMail',
    concerns: 'found',
    summary: 'Lists the held mail that the caller decides on, the nearest deadline first.',
    query: strictObject({ limit: pageQuery.limit }),
    answer: Type.Object({ items: Type.Array(approvalItem), waiting: Type.Integer() }),
  }),
  countApprovals: route({
    method: 'GET',
    path: '/api/approvals/count',
    act: 'reviewMail',
    concerns: 'own',
    summary: 'Counts the held mail that the caller decides on, up to 500; nothing of it is shown.',
    answer: Type.Object({ waiting: Type.Integer() }),
  }),
  showApproval: route({
    method: 'GET',
    path: '/api/approvals/:approval',
    act: 'reviewMail',
    concerns: 'found',
    summary: 'Shows a held mail to whoever decides on it: its facts, and where in it the rules found what.',
    params: approval,
    answer: Type.Intersect([
      approvalItem,
      Type.Object({
        from: Type.String(),
        to: Type.String({ description: 'of To and Cc; whoever else gets it is not told' }),
        mailOctets: Type.Integer(),
        hits: Type.Array(hit),
        steps: Type.Array(approvalStep),
      }),
    ]),
  }),
  decideApprovals: route({
    method: 'POST',
    path: '/api/approvals/decisions',
    act: 'reviewMail',
    concerns: 'found',
    summary: 'Approves or returns held mails; each is decided by itself. A return wants a comment.',
    body: strictObject({
      approvals: Type.Array(strictObject({ approval: uuid, octets: Type.String({ maxLength: 128 }) }), {
        minItems: 1,
        maxItems: 200,
      }),
      decision: Type.Enum(['approve', 'return']),
      comment: Type.Optional(comment),
    }),
    answer: Type.Object({
      done: Type.Array(uuid),
      refused: Type.Array(Type.Object({ approval: uuid, code: Type.String() })),
    }),
    blames: { commentMissing: 'comment' },
  }),
  previewHold: route({
    method: 'POST',
    path: '/api/approvals/preview',
    act: 'sendMail',
    concerns: 'own',
    summary:
      'Says of a mail that is being written which rules in force would hold or refuse it, and who decides; not what in it they look for.',
    body: draft,
    answer: preview,
  }),
  withdrawApproval: route({
    method: 'POST',
    path: '/api/approvals/:approval/withdrawal',
    act: 'sendMail',
    concerns: 'own',
    summary: 'Takes back a mail of one’s own before anybody has decided.',
    params: approval,
    answer: null,
  }),
  listApprovalLog: route({
    method: 'GET',
    path: '/api/approval-log',
    act: 'readApprovals',
    concerns: 'found',
    summary: 'Lists what the caller sent or decided on; everybody’s for those who may see it.',
    query: strictObject({
      everybody: Type.Optional(Type.Boolean({ description: 'of all people' })),
      limit: pageQuery.limit,
    }),
    answer: Type.Object({ items: Type.Array(approvalItem) }),
  }),
  showApprovalLog: route({
    method: 'GET',
    path: '/api/approval-log/:approval',
    act: 'readApprovals',
    concerns: 'found',
    summary: 'Tells everything that was done about one held mail, to its sender, its reviewer and auditors.',
    params: approval,
    answer: Type.Intersect([approvalItem, Type.Object({ steps: Type.Array(approvalStep) })]),
  }),
} as const;
