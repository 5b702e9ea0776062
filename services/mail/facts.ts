/**
 * The facts of a mail: what policies judge, search indexes and `MessageAccepted` seals. All texts are decoded
 * Unicode without line ends; nothing here is trusted (a From header is what the sender wrote).
 */
import { readMailboxes } from './address-facts.ts';
import { readAttachments } from './attachments.ts';
import { FactBudget } from './fact-budget.ts';
import { type HeaderField, readHeaderFields } from './header-fields.ts';
import { decodeHeaderText } from './header-text.ts';
import { readMailDate } from './mail-date.ts';
import type { MailPart, ScannedStructure } from './mail-part.ts';

/** One mailbox of an address header. Groups are flattened; their members stand in their order. */
export interface MailAddress {
  /** Display name, decoded; '' where there is none. */
  readonly name: string;
  /** `local-part@domain` as written, never out of an encoded word; '' where the header names no address. */
  readonly address: string;
}

/** A part that is not shown as the mail's text. */
export interface AttachmentFact {
  /** IMAP part number, `2.1`. */
  readonly part: string;
  /** Decoded file name; '' where the part has none. */
  readonly name: string;
  /** Lower-case media type, `application/pdf`. */
  readonly type: string;
  /** Octets of the part's body as transferred, before transfer decoding. */
  readonly octets: number;
  /**
   * What people are shown it as: an attachment, something that a page of the mail shows, or what serves the mail itself
   * (signature, report, invitation). The sender decides that; a policy looks at all three.
   */
  readonly role: 'attachment' | 'inline' | 'machinery';
}

export interface MailFacts {
  /** Message-ID without angle brackets; '' where there is none. */
  readonly messageId: string;
  /** First id of In-Reply-To without angle brackets; ''. */
  readonly inReplyTo: string;
  /** Ids of References without angle brackets, in order, at most 100 (the first ones). */
  readonly references: readonly string[];
  /** First of References, else In-Reply-To, else Message-ID; '' where all are missing. */
  readonly threadSeed: string;
  /** Date header in UTC milliseconds; null where it is missing or not a date. */
  readonly dateMs: number | null;
  readonly from: readonly MailAddress[];
  readonly sender: readonly MailAddress[];
  readonly replyTo: readonly MailAddress[];
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly bcc: readonly MailAddress[];
  readonly subject: string;
  readonly attachments: readonly AttachmentFact[];
  /** Number of Received header fields: the hop count of RFC 5321 §6.3. */
  readonly receivedCount: number;
  /** Auto-Submitted keyword in lower case (RFC 3834 §5); '' where there is none. */
  readonly autoSubmitted: string;
  /** Text between the angle brackets of List-Id, lower case (RFC 2919); '' where there is none. */
  readonly listId: string;
  /** The header holds octets above 127. */
  readonly has8bitHeaders: boolean;
  /** False where the limits of `factLimits` cut something off. */
  readonly complete: boolean;
}

/**
 * Facts go into an event, which is bounded: so many characters of all texts together are kept. The first ones of
 * each list, in the order in which `MailFacts` has them.
 */
export const factLimits = { maxCharacters: 60_000, maxSubjectCharacters: 4_000, maxReferences: 100 } as const;

const wanted: ReadonlySet<string> = new Set([
  'message-id',
  'in-reply-to',
  'references',
  'date',
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'subject',
  'received',
  'auto-submitted',
  'list-id',
]);

/** The facts of a scanned mail. Where a field stands twice, they follow ENVELOPE (see `envelope.ts`). */
export function factsOf(structure: ScannedStructure): MailFacts {
  const fields = readHeaderFields(structure.headerText, wanted);
  const hint = textCharset(structure.root);
  const budget = new FactBudget(factLimits.maxCharacters);
  const values = (name: string) => fields.filter((field) => field.name === name).map((field) => field.value);
  const addresses = (name: string) =>
    budget.take(readMailboxes(values(name), hint), (a) => a.name.length + a.address.length);
  const ids = threadIds(fields, budget);
  const subject = decodeHeaderText(last(fields, 'subject'), hint);
  return {
    ...ids,
    dateMs: readMailDate(last(fields, 'date')),
    from: addresses('from'),
    sender: addresses('sender'),
    replyTo: addresses('reply-to'),
    subject: budget.cut(subject, factLimits.maxSubjectCharacters),
    to: addresses('to'),
    cc: addresses('cc'),
    bcc: addresses('bcc'),
    attachments: budget.take(
      readAttachments(structure.root, hint),
      (a) => a.name.length + a.type.length + 40,
    ),
    receivedCount: values('received').length,
    autoSubmitted: /^[ \t]*([a-z-]{1,40})/i.exec(last(fields, 'auto-submitted'))?.[1]?.toLowerCase() ?? '',
    listId: /<([^<>]{1,255})>/.exec(last(fields, 'list-id'))?.[1]?.toLowerCase() ?? '',
    has8bitHeaders: /[\x80-\xff]/.test(structure.headerText),
    complete: budget.complete,
  };
}

function last(fields: readonly HeaderField[], name: string): string {
  return fields.findLast((field) => field.name === name)?.value ?? '';
}

function threadIds(
  fields: readonly HeaderField[],
  budget: FactBudget,
): Pick<MailFacts, 'messageId' | 'inReplyTo' | 'references' | 'threadSeed'> {
  const messageId = budget.cut(messageIds(last(fields, 'message-id'))[0] ?? '', maxIdCharacters);
  const inReplyTo = budget.cut(messageIds(last(fields, 'in-reply-to'))[0] ?? '', maxIdCharacters);
  const all = messageIds(last(fields, 'references'));
  const references = budget.take(all.slice(0, factLimits.maxReferences), (id) => id.length);
  return { messageId, inReplyTo, references, threadSeed: references[0] ?? (inReplyTo || messageId) };
}

/** RFC 5322 §2.1.1: a line has 998 characters at most, and an id has to fit into one. */
const maxIdCharacters = 998;

/** What stands between angle brackets; the whole value where there are none. */
function messageIds(value: string): string[] {
  const ids = [...value.matchAll(/<([^<>]{1,998})>/g)].map((match) => match[1]!.replace(/[ \t]/g, ''));
  const bare = value
    .replace(/[<>]/g, ' ')
    .split(/[ \t]+/)
    .find((word) => word !== '');
  return ids.length > 0 || bare === undefined ? ids : [bare];
}

/** Charset of the first text part that names one: what raw octets of the header are probably in. */
function textCharset(part: MailPart): string {
  if (part.kind !== 'leaf') return part.children.map(textCharset).find((charset) => charset !== '') ?? '';
  if (part.content.type.toLowerCase() !== 'text') return '';
  return part.content.parameters.find(({ name }) => name.toLowerCase() === 'charset')?.value ?? '';
}
