/** A mail that is written and submitted by JMAP, as the pages do it. */
import type { JsonMap } from '../../services/http/jmap/request.ts';
import type { JmapClient } from './jmap-client.ts';

export interface WrittenMail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Of the submission. */
  readonly more?: JsonMap;
  /** Of the mail. */
  readonly fields?: JsonMap;
}

/** The message's id, or what the server says against it. */
export async function sendByJmap(client: JmapClient, mail: WrittenMail): Promise<JsonMap> {
  const [identities, mailboxes] = [
    await client.call('Identity/get', { ids: null }),
    await client.call('Mailbox/get', { ids: null }),
  ];
  const [identity] = identities['list'] as { id: string }[];
  const [mailbox] = mailboxes['list'] as { id: string }[];
  const draft = {
    mailboxIds: { [mailbox!.id]: true },
    from: [{ email: mail.from }],
    to: [{ email: mail.to }],
    subject: mail.subject,
    textBody: [{ partId: 't', type: 'text/plain' }],
    bodyValues: { t: { value: mail.text } },
    ...mail.fields,
  };
  const made = await client.call('Email/set', { create: { draft } });
  const emailId = (made['created'] as { draft: { id: string } }).draft.id;
  const create = { sent: { identityId: identity!.id, emailId, ...mail.more } };
  const answered = await client.call('EmailSubmission/set', { create });
  return ((answered['created'] ?? answered['notCreated']) as { sent: JsonMap }).sent;
}
