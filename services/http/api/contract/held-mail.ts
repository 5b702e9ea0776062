/** A held mail as whoever decides reads it: its texts and files, shaped as JMAP shapes them (RFC 8621 §4), without Bcc. */
import Type from 'typebox';
import { nullable, strictObject, timeMs, uuid } from './fields.ts';
import { route } from './route-declaration.ts';

const mailbox = Type.Object({ name: nullable(Type.String()), email: Type.String() });
export const mailboxes = nullable(Type.Array(mailbox));

const bodyPart = Type.Object({
  partId: nullable(Type.String()),
  blobId: nullable(Type.String({ description: 'the number of the part, for its octets' })),
  size: Type.Integer({ description: 'octets, decoded' }),
  name: nullable(Type.String()),
  type: Type.String(),
  disposition: nullable(Type.String()),
  cid: nullable(Type.String()),
  charset: nullable(Type.String()),
  location: nullable(Type.String()),
});

/** Members as in RFC 8621 §4. */
export const shownEmail = {
  subject: nullable(Type.String()),
  from: mailboxes,
  to: mailboxes,
  cc: mailboxes,
  replyTo: mailboxes,
  sentAt: nullable(Type.String()),
  textBody: Type.Array(bodyPart),
  htmlBody: Type.Array(bodyPart),
  attachments: Type.Array(bodyPart),
  bodyValues: Type.Record(Type.String(), Type.Object({ value: Type.String(), isTruncated: Type.Boolean() })),
};

export const partNumber = Type.String({
  pattern: '^\\d{1,5}(\\.\\d{1,5}){0,99}$',
  description: 'IMAP part number',
});
const part = strictObject({ approval: uuid, part: partNumber });

const ofHeldMail = { method: 'GET', act: 'reviewMail', concerns: 'found' } as const;

export const heldMailRoutes = {
  showHeldMail: route({
    ...ofHeldMail,
    path: '/api/approvals/:approval/email',
    summary: 'Shows the texts of a held mail, and which files it has, to whoever decides on it.',
    params: strictObject({ approval: uuid }),
    answer: Type.Object(shownEmail),
  }),
  showMailBefore: route({
    ...ofHeldMail,
    path: '/api/approvals/:approval/before',
    summary:
      'Shows whoever decides on a mail that was sent again what it was before it came back, and with which comment it did.',
    params: strictObject({ approval: uuid }),
    answer: Type.Object({
      ...shownEmail,
      comment: Type.String(),
      endedAtMs: nullable(timeMs),
      state: Type.Enum(['returned', 'withdrawn']),
    }),
  }),
  readHeldMail: route({
    ...ofHeldMail,
    path: '/api/approvals/:approval/mail',
    summary: 'Gives the octets of a held mail, without Bcc, to whoever decides on it.',
    params: strictObject({ approval: uuid }),
    answer: { media: 'message/rfc822' },
  }),
  readHeldPart: route({
    ...ofHeldMail,
    path: '/api/approvals/:approval/parts/:part',
    summary: 'Gives the octets of a file of a held mail to whoever decides on it.',
    params: part,
    answer: { media: 'application/octet-stream' },
  }),
  viewHeldPart: route({
    ...ofHeldMail,
    path: '/api/approvals/:approval/parts/:part/view',
    summary: 'Gives a PDF of a held mail for the browser’s own viewer, in a frame of our pages.',
    params: part,
    answer: { media: 'application/pdf', isFramed: true },
  }),
} as const;
