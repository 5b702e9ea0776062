/** Mail under supervision: what a supervisor is to review, the mail with its envelope, and what reviews said. */
import Type from 'typebox';
import { reviewOutcomes } from '../../../domain/supervision-events.ts';
import { address, nullable, pageQuery, strictObject, timeMs, uuid } from './fields.ts';
import { route } from './route-declaration.ts';

const copy = strictObject({ supervision: uuid });
const outcome = Type.Enum([...reviewOutcomes]);

const listQuery = {
  state: Type.Optional(
    Type.Enum(['waiting', 'overdue', 'reviewed'], { description: 'waiting has what is overdue as well' }),
  ),
  person: Type.Optional(address),
  ...pageQuery,
};

const supervisedItem = Type.Object({
  supervision: uuid,
  message: uuid,
  state: Type.Enum(['waiting', 'overdue', 'reviewed']),
  sender: Type.String(),
  subject: Type.String(),
  supervisor: Type.String({ description: 'address' }),
  people: Type.Array(Type.String({ description: 'address of somebody whose mail it is' })),
  rules: Type.Array(Type.String({ description: 'name of a rule that asks for it' })),
  copiedAtMs: timeMs,
  dueAtMs: nullable(timeMs),
  sealed: Type.Boolean({ description: 'the people are not told who looked at it' }),
  sealedBecause: Type.String(),
  reviewedAtMs: nullable(timeMs),
  reviewedBy: nullable(Type.String()),
  outcome: nullable(outcome),
  note: Type.String(),
});

export const supervisionRoutes = {
  listSupervised: route({
    method: 'GET',
    path: '/api/supervision',
    act: 'superviseMail',
    concerns: 'found',
    summary: 'Lists the mail that the caller supervises, newest first, with how much waits.',
    query: strictObject(listQuery),
    answer: Type.Object({
      items: Type.Array(supervisedItem),
      next: nullable(Type.String()),
      waiting: Type.Integer({ description: 'what is overdue counts too' }),
      overdue: Type.Integer(),
    }),
  }),
  showSupervised: route({
    method: 'GET',
    path: '/api/supervision/:supervision',
    act: 'superviseMail',
    concerns: 'found',
    summary:
      'Shows the facts of a mail to its supervisor, with everybody in its envelope. This is no review.',
    params: copy,
    answer: Type.Intersect([
      supervisedItem,
      Type.Object({
        from: Type.String(),
        to: Type.String({ description: 'of To and Cc' }),
        recipients: Type.Array(Type.String({ description: 'of the envelope, whoever is in Bcc too' })),
        acceptedAtMs: timeMs,
        mailOctets: Type.Integer(),
      }),
    ]),
  }),
  readSupervisedMail: route({
    method: 'GET',
    path: '/api/supervision/:supervision/mail',
    act: 'superviseMail',
    concerns: 'found',
    summary: 'Gives the octets of a mail, with Bcc, to its supervisor. This is no review.',
    params: copy,
    answer: { media: 'message/rfc822' },
  }),
  reviewSupervised: route({
    method: 'POST',
    path: '/api/supervision/reviews',
    act: 'superviseMail',
    concerns: 'found',
    summary: 'Records the review of mails, each by itself. What is not in order wants a note.',
    body: strictObject({
      supervisions: Type.Array(uuid, { minItems: 1, maxItems: 200 }),
      outcome,
      note: Type.Optional(Type.String({ maxLength: 4000 })),
    }),
    answer: Type.Object({
      done: Type.Array(uuid),
      refused: Type.Array(Type.Object({ supervision: uuid, code: Type.String() })),
    }),
    blames: { commentMissing: 'note' },
  }),
  listSupervisionLog: route({
    method: 'GET',
    path: '/api/supervision-log',
    act: 'readSupervision',
    concerns: 'found',
    summary:
      'Lists what the caller supervises and what the reviews said; everybody’s for those who may see it.',
    query: strictObject({
      ...listQuery,
      everybody: Type.Optional(Type.Boolean({ description: 'of all supervisors' })),
      supervisor: Type.Optional(address),
    }),
    answer: Type.Object({ items: Type.Array(supervisedItem), next: nullable(Type.String()) }),
  }),
} as const;
