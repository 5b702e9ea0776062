/** The outgoing queue over a log in memory, with mails in memory, a DNS of its own and scripted next hops on loopback. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliveries } from '../../projections/deliveries.ts';
import { Deliveries, type DeliveryRow } from '../../projections/deliveries-queries.ts';
import { Projector } from '../../projections/projector.ts';
import { type DeliverySettings, defaultDeliverySettings } from '../../services/delivery/delivery-settings.ts';
import { type RunningDelivery, startDelivery } from '../../services/delivery/start-delivery.ts';
import { Dispatcher } from '../../services/dispatch.ts';
import { type DeliveryCommand, delivery, deliveryId } from '../../services/domain/delivery.ts';
import type { DraftEvent, LoggedEvent } from '../../services/domain/event.ts';
import { acceptMessage, noJudgements } from '../../services/domain/message.ts';
import { isRefusal } from '../../services/domain/refusals.ts';
import type { Uuid } from '../../services/domain/values.ts';
import { MemoryEventStore } from '../../services/event-store/memory-event-store.ts';
import { SealedEventStore } from '../../services/event-store/sealed-event-store.ts';
import { newEventId } from '../../services/identifiers.ts';
import { MemoryKeyStore } from '../../services/key-store/memory-key-store.ts';
import type { MailReader, OpenedMail } from '../../services/mailstores/mail-reader.ts';
import { QueueRemotely } from '../../services/workflows/queue-remotely.ts';
import { DnsServer, type Zone } from '../support/dns-server.ts';
import { uuidOf } from '../support/given-when-then.ts';
import { type Behaviour, NextHopPeer } from '../support/next-hop.ts';

const blank: OpenedMail = {
  message: '',
  frame: '',
  frameKey: new Uint8Array(),
  trace: new Uint8Array(),
  blobOctets: 0,
  edited: null,
  authentication: null,
  octets: 0,
};
const dayMs = 86_400_000;

export class DeliveryHouse {
  readonly dns: DnsServer;
  readonly peer: NextHopPeer;
  readonly sealed: SealedEventStore;
  readonly dispatcher: Dispatcher;
  readonly deliveries: Deliveries;
  readonly faults: unknown[] = [];
  readonly mails: Pick<MailReader, 'open' | 'stream' | 'read'> = {
    open: (message) => this.#openMail(message),
    stream: (mail, from) => this.#stream(mail, from),
    read: async (mail, from, to) => this.#octets(mail).subarray(from, to),
  };
  maxAgeMs = dayMs;
  /** Mails break off behind their first octets. */
  damaged = false;
  /** Settings of the next start. */
  settings: Partial<DeliverySettings> = {};
  readonly #mails = new Map<Uuid, { readonly trace: string; readonly blob: Buffer }>();
  readonly #projector: Projector;
  readonly #folder = mkdtempSync(join(tmpdir(), 'muniment-delivery-'));
  #running: RunningDelivery | null = null;

  /** `out.example` and whatever `zone` adds lead to the scripted peer. */
  static async open(t: TestContext, behaviour: Behaviour = {}, zone: Zone = {}): Promise<DeliveryHouse> {
    const peer = await NextHopPeer.start(behaviour);
    const dns = await DnsServer.start({
      'out.example': { mx: [[10, 'mx.out.example']] },
      'mx.out.example': { a: ['127.0.0.1'] },
      ...zone,
    });
    const house = new DeliveryHouse(peer, dns);
    await house.#projector.start();
    const following = house.sealed.subscribe(-1, (events) => house.dispatcher.advance(events));
    t.after(async () => {
      await house.stop();
      await following.close();
      await house.#projector.close();
      await peer.close();
      await dns.close();
      rmSync(house.#folder, { recursive: true });
    });
    return house;
  }

  private constructor(peer: NextHopPeer, dns: DnsServer) {
    this.peer = peer;
    this.dns = dns;
    this.sealed = new SealedEventStore(new MemoryEventStore(), new MemoryKeyStore());
    this.dispatcher = new Dispatcher(this.sealed, { epoch: 1 });
    this.#projector = new Projector(this.sealed, this.#folder, [deliveries], { lingerMs: 0 });
    this.deliveries = new Deliveries(this.#projector.source('deliveries'));
  }

  start(): void {
    this.#running = startDelivery(
      {
        dispatcher: this.dispatcher,
        deliveries: this.deliveries,
        mails: this.mails,
        signing: { sign: async (_, mail) => mail },
        reached: (position, maxWaitMs) => this.#projector.reached('deliveries', position, maxWaitMs),
        head: () => this.sealed.head(),
        report: (error) => this.faults.push(error),
      },
      {
        ...defaultDeliverySettings,
        hostname: 'mail.acme.example',
        relay: null,
        dnsServers: [this.dns.address],
        port: this.peer.port,
        retryMs: 20,
        maxConnectionsPerDestination: 5,
        ...this.settings,
      },
    );
  }

  async stop(): Promise<void> {
    await this.#running?.close();
    this.#running = null;
  }

  /** A mail accepted for these recipients elsewhere; its id. */
  async accept(
    recipients: readonly string[],
    { subject = 'hello', sender = 'wang@acme.example', blob = mailOf(subject) } = {},
  ): Promise<Uuid> {
    const message = newEventId();
    const trace = `Return-Path: <${sender}>\r\nReceived: from [127.0.0.1]\r\n`;
    this.#mails.set(message, { trace, blob });
    const drafts = acceptMessage({
      ...{
        source: 'submission',
        frame: uuidOf(1),
        address: 'a'.repeat(64),
        thread: uuidOf(2),
        submitter: null,
      },
      ...{
        normalised: false,
        mailbox: null,
        flags: 0,
        internalDateMs: 1,
        personal: { returnPath: sender, subject },
        verdict: noJudgements,
      },
      blobOctets: blob.length,
      traceText: trace,
      recipients: recipients.map((address) => ({ account: null, address })),
    });
    const events = await this.#append(`message-${message}`, drafts);
    await new QueueRemotely(this.dispatcher, this.maxAgeMs).handle(events.slice(1));
    return message;
  }

  /** What an earlier process did to a delivery. */
  async given(message: Uuid, ordinal: number, command: DeliveryCommand): Promise<void> {
    const context = { actor: 'system', cause: null, now: Date.now() } as const;
    const outcome = await this.dispatcher.dispatch(delivery, deliveryId(message, ordinal), command, context);
    if (isRefusal(outcome)) throw new Error(outcome.refused);
  }

  /** The rows of a mail, as soon as they are as wanted. */
  async until(
    message: Uuid,
    wanted: (rows: readonly DeliveryRow[]) => boolean,
  ): Promise<readonly DeliveryRow[]> {
    for (;;) {
      const rows = this.deliveries.ofMessage(message);
      if (rows.length > 0 && wanted(rows)) return rows;
      await sleep(5);
    }
  }

  /** The rows of a mail when all have come to an end. */
  untilEnded(message: Uuid): Promise<readonly DeliveryRow[]> {
    return this.until(message, (rows) =>
      rows.every(({ state }) => state !== 'waiting' && state !== 'attempting'),
    );
  }

  /** Types of a delivery's events, in order. */
  async story(message: Uuid, ordinal = 0): Promise<string[]> {
    const events = await this.sealed.readStream(`delivery-${deliveryId(message, ordinal)}`, 0, 1000);
    return events.map(({ type }) => type);
  }

  /** From now on the mail cannot be opened. */
  forget(message: Uuid): void {
    this.#mails.delete(message);
  }

  #append(stream: string, drafts: readonly DraftEvent[]): Promise<LoggedEvent[]> {
    const context = { actor: 'system', cause: null, now: Date.now() } as const;
    return this.dispatcher.appendResolved(stream, 'absent', drafts, context);
  }

  async #openMail(message: Uuid): Promise<OpenedMail | null> {
    const mail = this.#mails.get(message);
    if (!mail) return null;
    const trace = Buffer.from(mail.trace);
    return {
      ...blank,
      message,
      trace,
      blobOctets: mail.blob.length,
      edited: null,
      octets: trace.length + mail.blob.length,
    };
  }

  #octets({ message }: OpenedMail): Buffer {
    const { trace, blob } = this.#mails.get(message)!;
    return Buffer.concat([Buffer.from(trace), blob]);
  }

  async *#stream(mail: OpenedMail, from = 0): AsyncGenerator<Uint8Array> {
    const octets = this.#octets(mail).subarray(from);
    if (this.damaged) {
      yield octets.subarray(0, 10);
      throw new Error('a chunk does not open');
    }
    const pieceOctets = 64 * 1024;
    for (let at = 0; at < octets.length; at += pieceOctets) yield octets.subarray(at, at + pieceOctets);
  }
}

export function mailOf(subject: string): Buffer {
  return Buffer.from(`From: <wang@acme.example>\r\nSubject: ${subject}\r\n\r\nText\r\n.hidden\r\n..two\r\n`);
}
