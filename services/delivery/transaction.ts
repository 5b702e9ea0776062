/**
 * One attempt: a mail to its recipients at one destination, in one transaction. Each recipient's attempt is announced
 * in the log before the first command of the envelope and gets its outcome behind the last reply, so that a crash
 * between the two is seen as an unknown outcome, never as nothing.
 */
import type { DueDelivery } from '../../projections/deliveries-queries.ts';
import type { MailSigning } from '../authentication/mail-signing.ts';
import { addressText, parseAddress } from '../domain/address.ts';
import type { DeliveryCommand } from '../domain/delivery.ts';
import type { Uuid } from '../domain/values.ts';
import type { MailReader } from '../mailstores/mail-reader.ts';
import type { Connections } from './connections.ts';
import type { DeliveryLog } from './delivery-log.ts';
import { commandAfterConnect, commandOf, commandWithoutRoute } from './outcomes.ts';
import { type OutgoingMail, openOutgoingMail } from './outgoing-mail.ts';
import type { Routes } from './routes.ts';
import { nextAttemptMs } from './schedule.ts';
import { SentDigest, type SentOctets } from './sent-octets.ts';
import type { SmtpClient } from './smtp-client.ts';
import { ConnectFailure, type RecipientOutcome } from './smtp-failures.ts';

export interface Destination {
  readonly key: string;
  /** Null: the smart host. */
  readonly domain: string | null;
}

export interface Envelope {
  readonly message: Uuid;
  readonly recipients: readonly DueDelivery[];
}

export interface TransactionParts {
  readonly log: DeliveryLog;
  readonly routes: Routes;
  readonly connections: Connections;
  readonly mails: Pick<MailReader, 'open' | 'stream'>;
  readonly signing: Pick<MailSigning, 'sign'>;
  readonly retryMs: number;
  readonly timeoutMs: number;
  /** Told of a mail that cannot be read. */
  readonly report: (error: unknown) => void;
}

/** A recipient whose attempt has been announced. */
interface Started {
  readonly delivery: Uuid;
  /** As it goes into RCPT. */
  readonly address: string;
  readonly attempt: number;
}

export class Transactions {
  readonly #parts: TransactionParts;

  constructor(parts: TransactionParts) {
    this.#parts = parts;
  }

  /** Resolves with the position behind which every recipient's outcome is in the log; -1 where nothing was appended. */
  async perform(destination: Destination, envelope: Envelope): Promise<number> {
    const stored = await openOutgoingMail(this.#parts.mails, envelope.message);
    // Nothing to send, and no key under which it could be recorded.
    if (stored === null) return -1;
    const route = await this.#parts.routes.of(destination.domain);
    if (route.kind === 'none') {
      return this.#endAll(envelope, (nextAttemptAt) => commandWithoutRoute(route, nextAttemptAt));
    }
    const mail = await this.#parts.signing.sign(envelope.message, stored);
    try {
      const client = await this.#parts.connections.take(destination.key, route.hops);
      const position = await this.#handOver(client, envelope, mail);
      this.#parts.connections.giveBack(destination.key, client);
      return position;
    } catch (error) {
      if (!(error instanceof ConnectFailure)) throw error;
      const host = route.hops.map(({ name }) => name)[0]!;
      return this.#endAll(envelope, (nextAttemptAt) => commandAfterConnect(error, host, nextAttemptAt));
    }
  }

  async #handOver(client: SmtpClient, { recipients }: Envelope, mail: OutgoingMail): Promise<number> {
    const attempts = await Promise.all(recipients.map((each) => this.#start(each, client.host)));
    const started = attempts.filter((each) => each !== null);
    if (started.length === 0) return -1;
    const { outcomes, sent } = await this.#send(client, started, mail);
    const someTaken = [...outcomes.values()].some(({ kind }) => kind === 'taken');
    const { host, security } = client;
    const positions = started.map(({ delivery, address, attempt }) => {
      const nowMs = Date.now();
      const nextAttemptAt = this.#next(attempt, nowMs);
      const context = { host, security, nowMs, nextAttemptAt, someTaken, sent };
      return this.#record(delivery, commandOf(outcomes.get(address)!, context));
    });
    return Math.max(...(await Promise.all(positions)));
  }

  /** Null where it may not be attempted any more, or the log could not say so. */
  async #start({ delivery, recipient }: DueDelivery, host: string): Promise<Started | null> {
    try {
      const attempt = await this.#parts.log.startAttempt(delivery, host);
      return attempt === null ? null : { delivery, address: outgoingAddress(recipient), attempt };
    } catch (error) {
      // The announcement may be there all the same: it is taken back, so that the next attempt can begin.
      this.#parts.report(error);
      const reply = {
        host: '',
        class: 'temporary',
        code: 0,
        reply: '4.3.0 the attempt could not be recorded',
      } as const;
      const nextAttemptAt = Date.now() + this.#parts.retryMs;
      await this.#parts.log.record(delivery, { kind: 'defer', nextAttemptAt, ...reply });
      return null;
    }
  }

  async #send(
    client: SmtpClient,
    started: readonly Started[],
    mail: OutgoingMail,
  ): Promise<{ outcomes: ReadonlyMap<string, RecipientOutcome>; sent: SentOctets }> {
    const digest = new SentDigest();
    const sender = outgoingAddress(mail.sender);
    const outcomes = new Map<string, RecipientOutcome>();
    const recipients = [...new Set(started.map(({ address }) => address))].filter((address) => {
      const refused = refusedHere(client, sender, address, mail.octets);
      if (refused) outcomes.set(address, refused);
      return !refused;
    });
    if (recipients.length > 0) {
      const envelope = { sender, recipients, octets: mail.octets };
      const octets = digest.pass(this.#watched(mail));
      const answers = await client.send(envelope, octets, this.#parts.timeoutMs);
      for (const [address, outcome] of answers) outcomes.set(address, outcome);
    }
    return { outcomes, sent: digest.finish() };
  }

  /** A mail that turns out to be damaged while it is sent is not ended by a dot; it is tried again later. */
  async *#watched(mail: OutgoingMail): AsyncGenerator<Uint8Array> {
    try {
      yield* mail.stream();
    } catch (error) {
      this.#parts.report(error);
      throw error;
    }
  }

  async #endAll(
    { recipients }: Envelope,
    commandAt: (nextAttemptAt: number) => DeliveryCommand,
  ): Promise<number> {
    const positions = recipients.map(async ({ delivery }) => {
      const attempts = await this.#parts.log.attempts(delivery);
      return this.#record(delivery, commandAt(this.#next(attempts + 1, Date.now())));
    });
    return Math.max(...(await Promise.all(positions)));
  }

  async #record(delivery: Uuid, command: DeliveryCommand): Promise<number> {
    return (await this.#parts.log.record(delivery, command)) ?? -1;
  }

  #next(attempts: number, nowMs: number): number {
    return nextAttemptMs(attempts, nowMs, this.#parts.retryMs, Math.random());
  }
}

/** What the peer's offers rule out before the first command: RFC 6531 §3.5, RFC 1870 §6. */
function refusedHere(
  client: SmtpClient,
  sender: string,
  recipient: string,
  octets: number,
): RecipientOutcome | null {
  const refuse = (text: string): RecipientOutcome => ({
    kind: 'refused',
    reply: { code: 0, text, isPermanent: true },
  });
  const isAscii = /^[\u0000-\u007f]*$/;
  if (!client.takesUtf8 && !(isAscii.test(sender) && isAscii.test(recipient)))
    return refuse('5.6.7 the next hop takes no addresses outside ASCII (SMTPUTF8)');
  if (client.maxOctets !== null && octets > client.maxOctets)
    return refuse(`5.3.4 message too large: the next hop takes ${client.maxOctets} octets`);
  return null;
}

/** Domains go out as A-labels, so that only a local part can ask for SMTPUTF8. */
function outgoingAddress(text: string): string {
  const address = parseAddress(text);
  return address ? addressText(address) : text;
}
