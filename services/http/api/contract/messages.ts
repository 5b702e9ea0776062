/** What became of a mail, and the evidence of it. */
import Type from 'typebox';
import { nullable, pageOf, pageQuery, strictObject, timeMs, uuid } from './fields.ts';
import { deliveryItem } from './queue.ts';
import { route } from './route-declaration.ts';

const message = strictObject({ message: uuid });

const mailItem = Type.Object({
  message: uuid,
  acceptedAtMs: timeMs,
  source: Type.String(),
  returnPath: Type.String(),
  subject: Type.String(),
  messageId: Type.String(),
  from: Type.String(),
  to: Type.String(),
  octets: Type.Integer(),
  recipients: Type.Integer(),
});

export const messageRoutes = {
  searchMessages: route({
    method: 'GET',
    path: '/api/messages',
    act: 'traceMail',
    concerns: 'installation',
    summary: 'Finds mails by the beginning of sender, recipient or subject, or by Message-ID; newest first.',
    query: strictObject({
      sender: Type.Optional(Type.String({ maxLength: 320 })),
      recipient: Type.Optional(Type.String({ maxLength: 320 })),
      subject: Type.Optional(Type.String({ maxLength: 500 })),
      messageId: Type.Optional(Type.String({ maxLength: 1000 })),
      ...pageQuery,
    }),
    answer: pageOf(mailItem),
  }),
  showMessage: route({
    method: 'GET',
    path: '/api/messages/:message',
    act: 'traceMail',
    concerns: 'found',
    summary: 'Tells the way of a mail: its recipients, every event about it, and the deliveries elsewhere.',
    params: message,
    answer: Type.Intersect([
      mailItem,
      Type.Object({
        submitter: nullable(Type.String({ description: 'address of the account that handed it in' })),
        recipientList: Type.Array(
          Type.Object({
            ordinal: Type.Integer(),
            address: Type.String(),
            isHere: Type.Boolean(),
            filedAtMs: nullable(timeMs),
            delivery: nullable(deliveryItem),
          }),
        ),
        steps: Type.Array(
          Type.Object({
            position: Type.Integer({ description: 'in the whole log' }),
            atMs: timeMs,
            type: Type.String(),
            by: Type.String({ description: 'address, or who else it was' }),
            recipient: nullable(Type.String()),
            detail: Type.Record(Type.String(), Type.Unknown()),
            rules: Type.Array(
              Type.Object({
                rule: uuid,
                version: Type.Integer(),
                name: Type.String(),
                outcome: Type.String(),
                disposition: Type.String(),
                found: Type.Array(Type.String()),
              }),
            ),
          }),
        ),
      }),
    ]),
  }),
  proveMessage: route({
    method: 'GET',
    path: '/api/messages/:message/proof',
    act: 'proveMail',
    concerns: 'found',
    summary: 'Gives a package that proves what happened to a mail; anybody checks it with Python alone.',
    params: message,
    answer: { media: 'application/zip' },
  }),
  countMail: route({
    method: 'GET',
    path: '/api/statistics/mail',
    act: 'traceMail',
    concerns: 'installation',
    summary: 'Counts mails by day and the queue by age; no names.',
    query: strictObject({
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366 })),
      offsetMinutes: Type.Optional(
        Type.Integer({ minimum: -840, maximum: 840, description: 'of the reader’s zone, east of UTC' }),
      ),
    }),
    answer: Type.Object({
      days: Type.Array(
        Type.Object({
          day: Type.String({ description: 'YYYY-MM-DD' }),
          received: Type.Integer(),
          sent: Type.Integer(),
        }),
      ),
      queue: Type.Array(
        Type.Object({
          upToMs: nullable(Type.Integer({ description: 'age up to this; null: older' })),
          count: Type.Integer(),
        }),
      ),
    }),
  }),
} as const;
