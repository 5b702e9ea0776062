/** `Email/get` (RFC 8621 §4.2). */
import type { MailstoreState } from '../../domain/mailstore-state.ts';
import { bySelectedMailbox } from './email-access.ts';
import { EmailContent } from './email-content.ts';
import {
  type BodyChoice,
  contentObject,
  defaultPartProperties,
  defaultProperties,
  isEmailProperty,
  isPartProperty,
  needsContent,
  rowObject,
} from './email-object.ts';
import type { EmailRow } from './email-row.ts';
import { type MailAccount, stateText } from './mail-account.ts';
import { type MailContext, mailCapability, resolvedId, takeAccount, untilMayReveal } from './mail-context.ts';
import { invalidArguments } from './problem.ts';
import { ArgumentReader } from './read-arguments.ts';
import type { JsonMap } from './request.ts';
import type { MethodEntry } from './run-request.ts';
import { gotten, pick, readGet } from './standard-get.ts';

export const emailGet: MethodEntry<MailContext> = {
  capability: mailCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const account = takeAccount(reader, context);
    const { ids, properties = defaultProperties } = withDefaults(readGet(reader));
    const choice = readBodyChoice(reader);
    reader.end();
    const wrong = properties.find((name) => !isEmailProperty(name));
    if (wrong !== undefined) throw invalidArguments(`${wrong} is not a property of Email`);
    if (ids === null) throw invalidArguments('ids must be named');
    const state = await account.open();
    const rows = ids.map((id) => account.email(state, resolvedId(id, context)));
    const found = rows.filter((row) => row !== null);
    const list = await shown(found, properties, choice, context, state);
    const missing = ids.filter((_, i) => rows[i] === null);
    return gotten(account.account, stateText(state), list, missing);
  },
};

function withDefaults({ ids, properties }: ReturnType<typeof readGet>) {
  return { ids, properties: properties ?? defaultProperties };
}

function readBodyChoice(reader: ArgumentReader): BodyChoice {
  const partProperties = reader.optionalTexts('bodyProperties') ?? defaultPartProperties;
  const wrong = partProperties.find((name) => !isPartProperty(name));
  if (wrong !== undefined) throw invalidArguments(`${wrong} is not a property of EmailBodyPart`);
  return {
    partProperties,
    fetchTextValues: reader.flag('fetchTextBodyValues'),
    fetchHtmlValues: reader.flag('fetchHTMLBodyValues'),
    fetchAllValues: reader.flag('fetchAllBodyValues'),
    maxValueOctets: reader.optionalUnsigned('maxBodyValueBytes') ?? 0,
  };
}

/** What is shown of contents is recorded before it is read. */
async function shown(
  rows: readonly EmailRow[],
  properties: readonly string[],
  choice: BodyChoice,
  context: MailContext,
  state: MailstoreState,
): Promise<JsonMap[]> {
  if (!needsContent(properties)) return rows.map((row) => pick(rowObject(row), properties));
  const isBody =
    choice.fetchAllValues ||
    choice.fetchHtmlValues ||
    choice.fetchTextValues ||
    properties.includes('preview');
  for (const { mailbox, uid } of bySelectedMailbox(rows, context.account, state))
    context.recorder.read(mailbox, uid, isBody ? 'body' : 'headers');
  await untilMayReveal(context);
  const list: JsonMap[] = [];
  for (const row of rows) list.push(await emailObject(row, properties, choice, context.account));
  return list;
}

async function emailObject(
  row: EmailRow,
  properties: readonly string[],
  choice: BodyChoice,
  { parts: { mails } }: MailAccount,
): Promise<JsonMap> {
  const base = pick(rowObject(row), properties);
  const mail = await mails.open(row.id);
  // Erased: what the account's own rows know of it is all that is left.
  if (!mail) return base;
  const content = new EmailContent(mail, await mails.structure(mail), mails);
  return { ...base, ...(await contentObject(content, properties, choice)) };
}
