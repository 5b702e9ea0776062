/** A mail of others that an auditor opens: first the reason, which is recorded, then what it is. */
import Type from 'typebox';
import { reason, strictObject, timeMs, uuid } from './fields.ts';
import { mailboxes, partNumber, shownEmail } from './held-mail.ts';
import { route } from './route-declaration.ts';

const message = strictObject({ message: uuid });
const part = strictObject({ message: uuid, part: partNumber });

const ofOpenedMail = { method: 'GET', act: 'openMail', concerns: 'found' } as const;

export const openedMailRoutes = {
  openMail: route({
    method: 'POST',
    path: '/api/messages/:message/openings',
    act: 'openMail',
    concerns: 'found',
    summary:
      'Opens a mail of others for this session: the reason is recorded, and these people see it, before anything is shown.',
    params: message,
    body: strictObject({ reason: Type.Intersect([reason, Type.String({ pattern: '\\S' })]) }),
    answer: Type.Object({ untilMs: timeMs }),
  }),
  showOpenedMail: route({
    ...ofOpenedMail,
    path: '/api/messages/:message/email',
    summary: 'Shows the texts of a mail that this session has opened, its Bcc, and which files it has.',
    params: message,
    answer: Type.Object({ ...shownEmail, bcc: mailboxes }),
  }),
  readOpenedMail: route({
    ...ofOpenedMail,
    path: '/api/messages/:message/mail',
    summary: 'Gives the octets of a mail that this session has opened, as it came.',
    params: message,
    answer: { media: 'message/rfc822' },
  }),
  readOpenedPart: route({
    ...ofOpenedMail,
    path: '/api/messages/:message/parts/:part',
    summary: 'Gives the octets of a file of a mail that this session has opened.',
    params: part,
    answer: { media: 'application/octet-stream' },
  }),
  viewOpenedPart: route({
    ...ofOpenedMail,
    path: '/api/messages/:message/parts/:part/view',
    summary: 'Gives a PDF of an opened mail for the browser’s own viewer, in a frame of our pages.',
    params: part,
    answer: { media: 'application/pdf', isFramed: true },
  }),
} as const;
