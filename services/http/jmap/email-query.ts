/** `Email/query` (RFC 8621 §4.4). */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MailstoreState } from '../../domain/mailstore-state.ts';
import { fieldWish, MailContent } from '../../mailstores/mail-content.ts';
import { bodyLists } from './body-parts.ts';
import { EmailContent } from './email-content.ts';
import { type EmailCondition, emailCondition, type TextCondition } from './email-filter.ts';
import type { EmailRow } from './email-row.ts';
import { sortEmails } from './email-sort.ts';
import { type Filter, judge, readFilter } from './filter.ts';
import { type MailAccount, stateText } from './mail-account.ts';
import { type MailContext, mailCapability, takeAccount, untilMayReveal } from './mail-context.ts';
import { type Found, readWindow, windowOf } from './query-window.ts';
import { ArgumentReader } from './read-arguments.ts';
import type { JsonMap } from './request.ts';
import type { MethodEntry } from './run-request.ts';

const maxIds = 1000;
/** Mails that are looked at before others get their turn. */
const mailsPerTurn = 2000;

export const emailQuery: MethodEntry<MailContext> = {
  capability: mailCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const account = takeAccount(reader, context);
    const filter = readFilter(reader.optionalMap('filter') ?? {}, emailCondition);
    const sort = reader.optionalMaps('sort') ?? [];
    const collapseThreads = reader.flag('collapseThreads');
    const window = readWindow(reader);
    reader.end();
    const state = await account.open();
    const text = JSON.stringify([args['filter'] ?? {}, sort, collapseThreads]);
    const ids = await answer({ text, filter, sort, collapseThreads }, account, state, context);
    const { position, ids: shown, limit } = windowOf(ids, window, maxIds);
    return {
      accountId: account.account,
      queryState: stateText(state),
      canCalculateChanges: false,
      position,
      ids: shown,
      collapseThreads,
      ...(window.calculateTotal && { total: ids.length }),
      ...(limit !== null && { limit }),
    };
  },
};

interface EmailQuestion {
  /** As the client put it. */
  readonly text: string;
  readonly filter: Filter<EmailCondition>;
  readonly sort: readonly JsonMap[];
  readonly collapseThreads: boolean;
}

/** What rows alone answer is the same until the mailstore changes; a search in mails is made, and recorded, each time. */
async function answer(
  { text, filter, sort, collapseThreads }: EmailQuestion,
  account: MailAccount,
  state: MailstoreState,
  context: MailContext,
): Promise<Found> {
  const asked = stateText(state);
  const kept = account.results.find(text, asked);
  if (kept) return kept;
  const found = sortEmails(await findEmails(account, state, filter, context), sort);
  const ids = (collapseThreads ? firstOfThreads(found) : found).map(({ id }) => id);
  if (contentConditions(filter).length === 0 && stateText(state) === asked)
    account.results.keep(text, asked, ids);
  return ids;
}

function firstOfThreads(rows: readonly EmailRow[]): EmailRow[] {
  const seen = new Set<string>();
  return rows.filter(({ threadId }) => !seen.has(threadId) && seen.add(threadId));
}

/** What a mail's octets must be asked is asked last, and only of mails that rows leave over. */
async function findEmails(
  account: MailAccount,
  state: MailstoreState,
  filter: Filter<EmailCondition>,
  context: MailContext,
): Promise<EmailRow[]> {
  const questions = contentConditions(filter);
  const found: EmailRow[] = [];
  let looked = 0;
  for (const row of account.emails(state)) {
    if (++looked % mailsPerTurn === 0) await nextTurn();
    const judged = judgeRow(filter, row, account, state, () => null);
    if (judged ?? (await contentPasses(filter, questions, row, account, state))) found.push(row);
  }
  if (questions.length > 0) {
    const words = questions.map((each) => (each.kind === 'words' ? each.words : each.kind)).join(' ');
    const inbox = [...state.mailboxes.values()].find(({ role }) => role === 'inbox');
    if (inbox) context.recorder.searched(inbox.id, words, found.length);
    await untilMayReveal(context);
  }
  return found;
}

type ContentCondition = EmailCondition & { readonly kind: 'words' | 'attachment' };

function isContent(condition: EmailCondition): condition is ContentCondition {
  return condition.kind === 'words' || condition.kind === 'attachment';
}

function contentConditions(filter: Filter<EmailCondition>): ContentCondition[] {
  if ('condition' in filter) return isContent(filter.condition) ? [filter.condition] : [];
  return filter.filters.flatMap(contentConditions);
}

function judgeRow(
  filter: Filter<EmailCondition>,
  row: EmailRow,
  account: MailAccount,
  state: MailstoreState,
  answer: (condition: ContentCondition) => boolean | null,
): boolean | null {
  return judge(filter, (condition) => {
    if (isContent(condition)) return answer(condition);
    if (condition.kind === 'row') return condition.holds(row);
    const having = account
      .thread(state, row.threadId)
      .map(({ keywords }) => keywords.includes(condition.keyword));
    if (condition.how === 'all') return having.every(Boolean);
    return having.some(Boolean) === (condition.how === 'some');
  });
}

async function contentPasses(
  filter: Filter<EmailCondition>,
  questions: readonly ContentCondition[],
  row: EmailRow,
  account: MailAccount,
  state: MailstoreState,
): Promise<boolean> {
  const { mails } = account.parts;
  const mail = await mails.open(row.id);
  if (!mail) return false;
  const content = new MailContent(mails, mail);
  const answers = new Map<ContentCondition, boolean>();
  for (const question of questions) {
    const holds =
      question.kind === 'words'
        ? await wordsHold(content, question)
        : (await hasAttachment(account, row)) === question.has;
    answers.set(question, holds);
  }
  return judgeRow(filter, row, account, state, (condition) => answers.get(condition)!) === true;
}

async function wordsHold(content: MailContent, { where, words, field }: TextCondition): Promise<boolean> {
  switch (where) {
    case 'text':
      return content.hasAnywhere(words);
    case 'body':
      return content.hasInBody(words);
    case 'header':
      return content.hasField(fieldWish(field, words));
    default:
      return content.hasField(fieldWish(where, words));
  }
}

async function hasAttachment({ parts: { mails } }: MailAccount, { id }: EmailRow): Promise<boolean> {
  const mail = await mails.open(id);
  if (!mail) return false;
  const content = new EmailContent(mail, await mails.structure(mail), mails);
  return bodyLists(await content.root()).attachments.length > 0;
}
