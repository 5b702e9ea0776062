/** What the message trace answers: one mail in full, and the search for mails. */
import type { JsonObject } from '../services/domain/event.ts';
import type { Uuid } from '../services/domain/values.ts';
import { searchForm } from './personal-text.ts';
import type { DatabaseSource } from './projection.ts';
import { rowsOf } from './table-projection.ts';

export interface TracedMail {
  readonly message: Uuid;
  readonly acceptedAtMs: number;
  readonly source: 'smtp' | 'submission' | 'append' | 'import' | 'report';
  /** Account that handed it in; null for mail from outside. */
  readonly submitter: Uuid | null;
  /** RFC822.SIZE. */
  readonly octets: number;
  readonly thread: Uuid;
  readonly recipients: number;
  /** Texts are empty once they have been erased. */
  readonly returnPath: string;
  readonly subject: string;
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly peer: string;
  readonly helo: string;
}

export interface TracedRecipient {
  readonly ordinal: number;
  /** Null for an address elsewhere. */
  readonly account: Uuid | null;
  readonly address: string;
  /** Null while it has not been filed here. */
  readonly filedAtMs: number | null;
  readonly mailbox: Uuid | null;
  readonly uid: number | null;
  /** Null while nothing has been queued for sending on. */
  readonly queuedAtMs: number | null;
  /** Id of the stream `delivery-<uuid>`. */
  readonly delivery: Uuid | null;
  /** Null where nobody held it. */
  readonly hold: 'waiting' | 'released' | 'returned' | null;
}

/** One event about the mail. */
export interface TraceStep {
  /** In the whole log: what `prove` and `verify` speak of. */
  readonly position: number;
  readonly atMs: number;
  readonly stream: string;
  readonly type: string;
  readonly actor: string;
  readonly detail: JsonObject;
}

export interface MessageTrace extends TracedMail {
  readonly recipientList: readonly TracedRecipient[];
  readonly steps: readonly TraceStep[];
}

export interface DayCount {
  /** YYYY-MM-DD */
  readonly day: string;
  /** From outside. */
  readonly received: number;
  /** Handed in by people here. */
  readonly sent: number;
}

export interface MailFilter {
  /** With or without angle brackets. */
  readonly messageId?: string | undefined;
  /** Beginning of the envelope sender. */
  readonly sender?: string | undefined;
  /** Beginning of an envelope recipient. */
  readonly recipient?: string | undefined;
  /** Beginning of the subject. */
  readonly subject?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly untilMs?: number | undefined;
  /** The mail behind which the page begins. */
  readonly after?: Uuid | undefined;
  readonly limit?: number | undefined;
}

const defaultRows = 100;
const maxRows = 1000;

const mailColumns = `messages.message, accepted_at AS acceptedAtMs, source, submitter, octets, thread, recipients,
  return_path AS returnPath, subject, message_id AS messageId, header_from AS "from", header_to AS "to", peer, helo`;

/** Behind every text that begins so, in the order of code points. */
const lastCharacter = '\u{10ffff}';

export class MessageTraces {
  readonly #source: DatabaseSource;

  constructor(source: DatabaseSource) {
    this.#source = source;
  }

  /** Null where no such mail was accepted. */
  trace(message: Uuid): MessageTrace | null {
    const [mail] = rowsOf<TracedMail & { mail: number }>(
      this.#source,
      `SELECT mail, ${mailColumns} FROM messages WHERE message = ?`,
      message,
    );
    if (!mail) return null;
    const { mail: number, ...traced } = mail;
    return { ...traced, recipientList: this.#recipients(number), steps: this.#steps(number) };
  }

  /** Null where no such mail was accepted. */
  head(message: Uuid): TracedMail | null {
    const sql = `SELECT ${mailColumns} FROM messages WHERE message = ?`;
    return rowsOf<TracedMail>(this.#source, sql, message)[0] ?? null;
  }

  /** Mails that came in by each way since then, by the days of a zone so far east of UTC. */
  perDay(fromMs: number, offsetMs: number): DayCount[] {
    return rowsOf<DayCount>(
      this.#source,
      `SELECT date((accepted_at + ?) / 1000, 'unixepoch') AS day,
         count(*) FILTER (WHERE submitter IS NULL) AS received, count(*) FILTER (WHERE submitter IS NOT NULL) AS sent
       FROM messages WHERE accepted_at >= ? AND source IN ('smtp', 'submission') GROUP BY day ORDER BY day`,
      offsetMs,
      fromMs,
    );
  }

  /** Newest first. */
  search(filter: MailFilter): TracedMail[] {
    const conditions = conditionsOf(filter);
    const where = ['TRUE', ...conditions.map(({ sql }) => sql)].join(' AND ');
    return rowsOf<TracedMail>(
      this.#source,
      `SELECT ${mailColumns} FROM messages WHERE ${where} ORDER BY mail DESC LIMIT ?`,
      ...conditions.flatMap(({ values }) => values),
      Math.min(filter.limit ?? defaultRows, maxRows),
    );
  }

  #recipients(mail: number): TracedRecipient[] {
    return rowsOf<TracedRecipient>(
      this.#source,
      `SELECT ordinal, nullif(account, '') AS account, address, filed_at AS filedAtMs, mailbox, uid, queued_at AS queuedAtMs, delivery, hold
       FROM recipients WHERE mail = ? ORDER BY ordinal`,
      mail,
    );
  }

  #steps(mail: number): TraceStep[] {
    const rows = rowsOf<Omit<TraceStep, 'detail'> & { detail: string }>(
      this.#source,
      'SELECT position, at AS atMs, stream, type, actor, detail FROM steps WHERE mail = ? ORDER BY position',
      mail,
    );
    return rows.map((row) => ({ ...row, detail: JSON.parse(row.detail) as JsonObject }));
  }
}

interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

function conditionsOf({
  messageId,
  sender,
  recipient,
  subject,
  fromMs,
  untilMs,
  after,
}: MailFilter): Condition[] {
  const conditions: Condition[] = [];
  const when = (value: string | number | undefined, sql: string, ...values: (string | number)[]): void => {
    if (value !== undefined) conditions.push({ sql, values });
  };
  when(messageId, 'message_id = ?', (messageId ?? '').replace(/^<|>$/g, ''));
  when(sender, 'sender_form >= ? AND sender_form < ?', ...range(sender));
  when(subject, 'subject_form >= ? AND subject_form < ?', ...range(subject));
  when(
    recipient,
    'mail IN (SELECT mail FROM recipients WHERE address_form >= ? AND address_form < ?)',
    ...range(recipient),
  );
  when(fromMs, 'accepted_at >= ?', fromMs ?? 0);
  when(untilMs, 'accepted_at < ?', untilMs ?? 0);
  when(after, 'mail < (SELECT mail FROM messages WHERE message = ?)', after ?? '');
  return conditions;
}

/** All texts that begin so, as an interval of the index. */
function range(beginning = ''): [string, string] {
  const form = searchForm(beginning);
  return [form, form + lastCharacter];
}
