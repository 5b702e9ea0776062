/** Conditions of `Email/query` (RFC 8621 §4.4.1): those that rows answer, and those that want the mail itself. */
import type { EmailRow } from './email-row.ts';
import { invalidArguments, MethodError } from './problem.ts';
import { isId } from './read-arguments.ts';
import { isList, type Json } from './request.ts';

/** Texts that are looked for, in lower case. */
export interface TextCondition {
  readonly where: 'text' | 'from' | 'to' | 'cc' | 'bcc' | 'subject' | 'body' | 'header';
  readonly words: string;
  /** With `header`: its name, lower case. */
  readonly field: string;
}

export type EmailCondition =
  | { readonly kind: 'row'; readonly holds: (row: EmailRow) => boolean }
  | { readonly kind: 'thread'; readonly keyword: string; readonly how: 'all' | 'some' | 'none' }
  | { readonly kind: 'attachment'; readonly has: boolean }
  | ({ readonly kind: 'words' } & TextCondition);

const ofRow = (holds: (row: EmailRow) => boolean): EmailCondition => ({ kind: 'row', holds });
const texts = new Set(['text', 'from', 'to', 'cc', 'bcc', 'subject', 'body']);
const threadConditions = {
  allInThreadHaveKeyword: 'all',
  someInThreadHaveKeyword: 'some',
  noneInThreadHaveKeyword: 'none',
} as const;

/** Throws `invalidArguments` or `unsupportedFilter`. */
export function emailCondition(name: string, value: Json): EmailCondition {
  if (texts.has(name)) {
    const where = name as TextCondition['where'];
    return { kind: 'words', where, words: textOf(name, value).toLowerCase(), field: '' };
  }
  if (Object.hasOwn(threadConditions, name)) {
    const how = threadConditions[name as keyof typeof threadConditions];
    return { kind: 'thread', keyword: textOf(name, value).toLowerCase(), how };
  }
  switch (name) {
    case 'header':
      return headerCondition(value);
    case 'hasAttachment':
      return { kind: 'attachment', has: value === true };
    default:
      return rowCondition(name, value);
  }
}

function rowCondition(name: string, value: Json): EmailCondition {
  switch (name) {
    case 'inMailbox': {
      const id = idOf(name, value);
      return ofRow(({ mailboxes }) => mailboxes.some((mailbox) => mailbox.id === id));
    }
    case 'inMailboxOtherThan': {
      if (!isList(value)) throw invalidArguments(`filter/${name} is not a list of ids`);
      return ofRow(({ mailboxes }) => mailboxes.some(({ id }) => !value.includes(id)));
    }
    case 'before':
    case 'after': {
      const atMs = timeOf(name, value);
      return ofRow(({ receivedAtMs }) => (name === 'before' ? receivedAtMs < atMs : receivedAtMs >= atMs));
    }
    case 'minSize':
    case 'maxSize': {
      if (!Number.isSafeInteger(value)) throw invalidArguments(`filter/${name} is not a number of octets`);
      const octets = value as number;
      return ofRow(({ sizeOctets }) => (name === 'minSize' ? sizeOctets >= octets : sizeOctets < octets));
    }
    case 'hasKeyword':
    case 'notKeyword': {
      const keyword = textOf(name, value).toLowerCase();
      return ofRow(({ keywords }) => keywords.includes(keyword) === (name === 'hasKeyword'));
    }
    default:
      throw new MethodError('unsupportedFilter', `${name} is not a condition for mails`);
  }
}

function headerCondition(value: Json): EmailCondition {
  if (!isList(value) || value.length < 1 || value.length > 2)
    throw invalidArguments('filter/header is no list of one or two');
  const field = textOf('header', value[0]!).toLowerCase();
  const words = value[1] === undefined ? '' : textOf('header', value[1]!).toLowerCase();
  return { kind: 'words', where: 'header', words, field };
}

function textOf(name: string, value: Json): string {
  if (typeof value !== 'string') throw invalidArguments(`filter/${name} is not a string`);
  return value;
}

function idOf(name: string, value: Json): string {
  if (!isId(value)) throw invalidArguments(`filter/${name} is not an id`);
  return value;
}

/** A UTCDate (RFC 8620 §1.4). */
function timeOf(name: string, value: Json): number {
  const atMs = typeof value === 'string' && value.endsWith('Z') ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(atMs)) throw invalidArguments(`filter/${name} is not a UTC date`);
  return atMs;
}
