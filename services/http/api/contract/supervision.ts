/** Mail under supervision: what a supervisor is to review, the mail with its envelope, and what reviews said. */
import Type from 'typebox';
import { reviewOutcomes } from '../../../domain/supervision-events.ts';
import { hit } from './approvals.ts';
import { address, nullable, pageQuery, strictObject, timeMs, uuid } from './fields.ts';
import { mailboxes, partNumber, shownEmail } from './held-mail.ts';
import { route } from './route-declaration.ts';

const copy = strictObject({ supervision: uuid });
const part = strictObject({ supervision: uuid, part: partNumber });
const outcome = Type.Enum([...reviewOutcomes]);

const listQuery = {
  state: Type.Optional(
    Type.Enum(['waiting', 'overdue', 'reviewed'], { description: 'waiting has what is overdue as well' }),
  ),
  person: Type.Optional(address),
  rule: Type.Optional(uuid),
  ...pageQuery,
};

const supervisedItem = Type.Object({
  supervision: uuid,
  message: uuid,
  state: Type.Enum(['waiting', 'overdue', 'reviewed']),
  sender: Type.String(),
  senderName: Type.String({ description: 'of somebody here; empty where it is not known' }),
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

const ofSupervisedMail = { method: 'GET', act: 'superviseMail', concerns: 'found' } as const;

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
  countSupervised: route({
    method: 'GET',
    path: '/api/supervision/count',
    act: 'superviseMail',
    concerns: 'own',
    summary: 'Counts the mail that the caller is to review; nothing of it is shown.',
    answer: Type.Object({
      waiting: Type.Integer({ description: 'what is overdue counts too' }),
      overdue: Type.Integer(),
      nextDueAtMs: nullable(timeMs),
      isSupervisor: Type.Boolean({ description: 'something is or was theirs to review' }),
    }),
  }),
  listSupervisionChoices: route({
    method: 'GET',
    path: '/api/supervision/choices',
    act: 'superviseMail',
    concerns: 'own',
    summary: 'Names the people and the rules by which the caller’s list can be narrowed; nothing of a mail.',
    answer: Type.Object({
      people: Type.Array(Type.Object({ address: Type.String(), name: Type.String() })),
      rules: Type.Array(Type.Object({ rule: uuid, name: Type.String() })),
    }),
  }),
  showSupervised: route({
    method: 'GET',
    path: '/api/supervision/:supervision',
    act: 'superviseMail',
    concerns: 'found',
    summary:
      'Shows the facts of a mail to its supervisor, with everybody in its envelope, and where in it the rules found what. This is no review.',
    params: copy,
    answer: Type.Intersect([
      supervisedItem,
      Type.Object({
        from: Type.String(),
        to: Type.String({ description: 'of To and Cc' }),
        recipients: Type.Array(Type.String({ description: 'of the envelope, whoever is in Bcc too' })),
        acceptedAtMs: timeMs,
        mailOctets: Type.Integer(),
        hits: Type.Array(hit),
      }),
    ]),
  }),
  showSupervisedMail: route({
    ...ofSupervisedMail,
    path: '/api/supervision/:supervision/email',
    summary:
      'Shows the texts of a mail, its Bcc, and which files it has, to its supervisor. This is no review.',
    params: copy,
    answer: Type.Object({ ...shownEmail, bcc: mailboxes }),
  }),
  readSupervisedPart: route({
    ...ofSupervisedMail,
    path: '/api/supervision/:supervision/parts/:part',
    summary: 'Gives the octets of a file of a mail to its supervisor.',
    params: part,
    answer: { media: 'application/octet-stream' },
  }),
  viewSupervisedPart: route({
    ...ofSupervisedMail,
    path: '/api/supervision/:supervision/parts/:part/view',
    summary: 'Gives a PDF of a supervised mail for the browser’s own viewer, in a frame of our pages.',
    params: part,
    answer: { media: 'application/pdf', isFramed: true },
  }),
  readSupervisedMail: route({
    ...ofSupervisedMail,
    path: '/api/supervision/:supervision/mail',
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
