/** `SearchSnippet/get` (RFC 8621 §5): why a mail was found. */
import { bodyLists } from './body-parts.ts';
import { bySelectedMailbox } from './email-access.ts';
import { EmailContent } from './email-content.ts';
import { type EmailCondition, emailCondition } from './email-filter.ts';
import { textOfHtml } from './email-preview.ts';
import type { EmailRow } from './email-row.ts';
import { type Filter, readFilter } from './filter.ts';
import type { MailAccount } from './mail-account.ts';
import { type MailContext, mailCapability, resolvedId, takeAccount, untilMayReveal } from './mail-context.ts';
import { markedPiece, markedText } from './marked-text.ts';
import { MethodError } from './problem.ts';
import { ArgumentReader } from './read-arguments.ts';
import type { JsonMap } from './request.ts';
import type { MethodEntry } from './run-request.ts';

const maxSnippets = 100;
/** So much of a text is looked through. */
const maxTextOctets = 64 * 1024;

export const searchSnippetGet: MethodEntry<MailContext> = {
  capability: mailCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const account = takeAccount(reader, context);
    const filter = readFilter(reader.optionalMap('filter') ?? {}, emailCondition);
    const ids = reader.ids('emailIds');
    reader.end();
    if (ids.length > maxSnippets) throw new MethodError('requestTooLarge', `more than ${maxSnippets} ids`);
    const state = await account.open();
    const rows = ids.map((id) => account.email(state, resolvedId(id, context)));
    const found = rows.filter((row) => row !== null);
    for (const { mailbox, uid } of bySelectedMailbox(found, account, state))
      context.recorder.read(mailbox, uid, 'body');
    await untilMayReveal(context);
    const list: JsonMap[] = [];
    for (const row of found) list.push(await snippetOf(row, filter, account));
    return { accountId: account.account, list, notFound: ids.filter((_, i) => rows[i] === null) };
  },
};

async function snippetOf(
  { id: emailId }: EmailRow,
  filter: Filter<EmailCondition>,
  { parts: { mails } }: MailAccount,
): Promise<JsonMap> {
  const mail = await mails.open(emailId);
  if (!mail) return { emailId, subject: null, preview: null };
  const content = new EmailContent(mail, await mails.structure(mail), mails);
  const subject = (await content.header()).value({ field: 'subject', form: 'Text', all: false });
  const words = wordsOf(filter, 'body');
  return {
    emailId,
    subject: markedText(String(subject ?? ''), wordsOf(filter, 'subject')),
    preview: words.length === 0 ? null : markedPiece(await textOf(content), words),
  };
}

async function textOf(content: EmailContent): Promise<string> {
  const part = bodyLists(await content.root()).textBody.find(({ type }) => type.startsWith('text/'));
  if (!part) return '';
  const { value } = await content.text(part, maxTextOctets);
  return part.type === 'text/html' ? textOfHtml(value) : value;
}

/** What is looked for there; what must not be there is nothing to mark. */
function wordsOf(filter: Filter<EmailCondition>, where: 'subject' | 'body'): string[] {
  if ('filters' in filter)
    return filter.operator === 'NOT' ? [] : filter.filters.flatMap((each) => wordsOf(each, where));
  const { condition } = filter;
  const isSought = condition.kind === 'words' && (condition.where === where || condition.where === 'text');
  return isSought ? [condition.words] : [];
}
