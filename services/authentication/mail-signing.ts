/**
 * Signs mail of domains that have keys when it leaves. A mail is signed once: the fields are recorded with the digest of
 * what leaves, and every further attempt sends the same octets. So it can be shown later that what was sent is what was
 * accepted, with these fields in front.
 */
import { createHash } from 'node:crypto';
import type { Dispatcher } from '../dispatch.ts';
import { parseAddress } from '../domain/address.ts';
import type { DraftEvent, JsonObject, LoggedEvent } from '../domain/event.ts';
import { signMail } from '../domain/message.ts';
import type { Uuid } from '../domain/values.ts';
import { WrongExpectedRevision } from '../event-store/event-store.ts';
import { BodyHash } from '../mail/body-hash.ts';
import { SignedOctetsScan } from '../mail/signed-octets.ts';
import type { DkimKeys, DkimSigningKey } from './dkim-keys.ts';

/** Octets on their way out. */
export interface LeavingMail {
  /** Envelope sender; empty for the null sender. */
  readonly sender: string;
  readonly octets: number;
  /** In pieces, read as they are asked for; from the beginning at each call. */
  stream(): AsyncIterable<Uint8Array>;
}

export interface MailSigningParts {
  readonly keys: Pick<DkimKeys, 'signingKeys' | 'maySign'>;
  readonly log: { readPage(stream: string, fromRevision: number): Promise<LoggedEvent[]> };
  readonly dispatcher: Pick<Dispatcher, 'appendResolved'>;
  /** Told of a mail that could not be signed. */
  readonly report: (error: unknown) => void;
}

/** Whose mail is signed: what a member of the domain, or the server itself, has written. */
const signedSources = new Set(['submission', 'report']);
/** A mail up to this size is read once for signing and for sending. */
const maxKeptOctets = 256 * 1024;

export class MailSigning {
  readonly #parts: MailSigningParts;

  constructor(parts: MailSigningParts) {
    this.#parts = parts;
  }

  /** The mail as it leaves: with its domain's signatures in front, or as it is where the domain has no keys. */
  async sign(message: Uuid, mail: LeavingMail): Promise<LeavingMail> {
    if (!this.#parts.keys.maySign) return mail;
    const events = await this.#events(message);
    const before = signedEvent(events);
    if (before) return withFields(mail, fieldsOf(before), () => mail.stream());
    const domain = signingDomain(events[0]!);
    const keys = domain === null ? [] : await this.#parts.keys.signingKeys(domain);
    return keys.length === 0 ? mail : this.#signed(message, mail, { domain: domain!, keys, events });
  }

  async #signed(
    message: Uuid,
    mail: LeavingMail,
    { domain, keys, events }: SigningCase,
  ): Promise<LeavingMail> {
    const read = await readWhole(mail);
    const fields = read && (await this.#fields(read, domain, keys));
    if (read === null || fields === null) return mail;
    const draft = signMail({
      keys: keys[0]!.keys,
      octets: Buffer.byteLength(fields) + mail.octets,
      domain,
      selectors: keys.map(({ selector }) => selector),
      fields,
      sha256: await sha256Of(fields, read.stream()),
    });
    const recorded = await this.#record(message, draft, events);
    return withFields(mail, recorded === null ? fields : fieldsOf(recorded), read.stream);
  }

  /** Null: it is recorded. Otherwise what another destination of the same mail recorded first: all get the same octets. */
  async #record(
    message: Uuid,
    draft: DraftEvent,
    known: readonly LoggedEvent[],
  ): Promise<LoggedEvent | null> {
    const context = { actor: 'system', cause: known[0]!.id, now: Date.now() } as const;
    for (let events = known; ; events = await this.#events(message)) {
      const other = signedEvent(events);
      if (other) return other;
      try {
        const { revision } = events.at(-1)!;
        await this.#parts.dispatcher.appendResolved(`message-${message}`, revision, [draft], context);
        return null;
      } catch (error) {
        // Something else has happened to the mail meanwhile.
        if (!(error instanceof WrongExpectedRevision)) throw error;
      }
    }
  }

  /** Null for a mail that no signer takes, because it has no From for instance: it leaves as it is. */
  async #fields(read: ReadMail, domain: string, keys: readonly DkimSigningKey[]): Promise<string | null> {
    // Loaded with the first mail that is signed: where no domain signs it costs nothing.
    const { dkimFields } = await import('./dkim-signature.ts');
    try {
      return await dkimFields(read, domain, keys, new Date());
    } catch (error) {
      this.#parts.report(error);
      return null;
    }
  }

  async #events(message: Uuid): Promise<LoggedEvent[]> {
    const events: LoggedEvent[] = [];
    for (;;) {
      const page = await this.#parts.log.readPage(`message-${message}`, events.length);
      if (page.length === 0) return events;
      events.push(...page);
    }
  }
}

interface SigningCase {
  readonly domain: string;
  readonly keys: readonly DkimSigningKey[];
  readonly events: readonly LoggedEvent[];
}

function signedEvent(events: readonly LoggedEvent[]): LoggedEvent | undefined {
  return events.find(({ type }) => type === 'MailSigned');
}

function fieldsOf({ personal }: LoggedEvent): string {
  return (personal as JsonObject)['fields'] as string;
}

/** Of the From field, because that is what people see and what DMARC compares. */
function signingDomain({ data, personal }: LoggedEvent): string | null {
  if (personal === null || !signedSources.has(data['source'] as string)) return null;
  const [from = ''] = personal['from'] as readonly string[];
  return parseAddress(from)?.domain ?? null;
}

interface ReadMail {
  readonly header: Uint8Array;
  readonly bodyHash: string;
  stream(): AsyncIterable<Uint8Array>;
}

/** Null where its header is longer than is signed. */
async function readWhole(mail: LeavingMail): Promise<ReadMail | null> {
  const scan = new SignedOctetsScan(() => new Map([['relaxed', new BodyHash('relaxed')]]));
  const pieces: Uint8Array[] = [];
  const keeps = mail.octets <= maxKeptOctets;
  for await (const piece of mail.stream()) {
    scan.push(piece);
    if (keeps) pieces.push(piece);
  }
  const { header, bodyHashes } = scan.finish();
  if (header === null) return null;
  return {
    header,
    bodyHash: bodyHashes[0]!.hash,
    stream: keeps ? () => inTurn(pieces) : () => mail.stream(),
  };
}

async function* inTurn(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function sha256Of(fields: string, octets: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256').update(fields);
  for await (const piece of octets) hash.update(piece);
  return hash.digest('hex');
}

function withFields(mail: LeavingMail, fields: string, octets: LeavingMail['stream']): LeavingMail {
  return {
    sender: mail.sender,
    octets: Buffer.byteLength(fields) + mail.octets,
    stream: async function* () {
      yield Buffer.from(fields);
      yield* octets();
    },
  };
}
