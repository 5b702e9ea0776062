/** The IMAP server on free ports, on real mailstores, with doubles of everything else that honour the interfaces. */
import type { TestContext } from 'node:test';
import { createSecureContext } from 'node:tls';
import type { DraftEvent, LoggedEvent } from '../../services/domain/event.ts';
import { flagBits } from '../../services/domain/mailstore-messages.ts';
import { findMailbox } from '../../services/domain/mailstore-naming.ts';
import { emptyMailstore } from '../../services/domain/mailstore-state.ts';
import { isRefusal, type Refusal, type RefusalCode, refuse } from '../../services/domain/refusals.ts';
import type { Uuid } from '../../services/domain/values.ts';
import type { ExpectedRevision } from '../../services/event-store/event-store.ts';
import { newEventId } from '../../services/identifiers.ts';
import { type RunningImap, startImap } from '../../services/imap/imap-server.ts';
import type { ImapServices, ImapSettings } from '../../services/imap/imap-services.ts';
import type { MailAccess } from '../../services/imap/mail-access.ts';
import type { AcceptedMail, Arrival, IncomingMail, Intake, IntakePermit } from '../../services/intake.ts';
import { MailScan } from '../../services/mail/mail-scan.ts';
import { encodeStructure, openStructure, type StructureView } from '../../services/mail/structure-codec.ts';
import type { OpenedMail } from '../../services/mailstores/mail-reader.ts';
import { MailstoreDoor } from '../../services/mailstores/mailstore-door.ts';
import { Mailstores } from '../../services/mailstores/mailstores.ts';
import type { SessionEnd, SessionStart } from '../../services/record.ts';
import type { Credentials, Revocation, SignedIn, SignIn } from '../../services/sign-in/sign-in.ts';
import { loggedEvents } from '../support/logged-events.ts';
import { ImapPeer } from './imap-peer.ts';
import { testCertificate } from './test-certificate.ts';

/** A log in memory, in which every append is the only one. */
class MemoryLog {
  readonly #streams = new Map<string, LoggedEvent[]>();
  failing = false;

  async readPage(stream: string, fromRevision: number): Promise<LoggedEvent[]> {
    return (this.#streams.get(stream) ?? []).slice(fromRevision);
  }

  async append(stream: string, _: ExpectedRevision, drafts: readonly DraftEvent[]): Promise<LoggedEvent[]> {
    if (this.failing) throw new Error('the log cannot be written: a secret');
    const events = this.#streams.get(stream) ?? [];
    const added = loggedEvents(drafts, { stream, firstRevision: events.length });
    events.push(...added);
    this.#streams.set(stream, events);
    return added;
  }
}

/** Mails in memory, with a trace text in front where one is given. */
export class MemoryMails implements MailAccess {
  readonly #mails = new Map<Uuid, { readonly mail: OpenedMail; readonly octets: Buffer }>();
  readonly #views = new Map<Uuid, StructureView>();
  /** Reads fail from here on. */
  failing = false;

  add(message: Uuid, blob: Uint8Array, trace: Uint8Array = Buffer.alloc(0)): OpenedMail {
    const octets = Buffer.concat([trace, blob]);
    const frameKey = new Uint8Array();
    const mail = {
      message,
      frame: message,
      frameKey,
      trace,
      blobOctets: blob.length,
      edited: null,
      octets: octets.length,
      authentication: null,
    };
    this.#mails.set(message, { mail, octets });
    return mail;
  }

  erase(message: Uuid): void {
    this.#mails.delete(message);
  }

  async open(message: Uuid): Promise<OpenedMail | null> {
    return this.#mails.get(message)?.mail ?? null;
  }

  cached(message: Uuid): { mail: OpenedMail; view: StructureView } | null {
    const mail = this.#mails.get(message)?.mail;
    const view = this.#views.get(message);
    return mail && view ? { mail, view } : null;
  }

  async structure({ message, trace }: OpenedMail): Promise<StructureView> {
    const known = this.#views.get(message);
    if (known) return known;
    const scan = new MailScan();
    scan.push(this.#mails.get(message)!.octets.subarray(trace.length));
    const view = openStructure(encodeStructure(scan.finish()))!;
    this.#views.set(message, view);
    return view;
  }

  async read(mail: OpenedMail, from: number, to: number): Promise<Uint8Array> {
    if (this.failing) throw new Error('a damaged frame');
    return this.#mails.get(mail.message)!.octets.subarray(from, to);
  }

  async *stream(mail: OpenedMail, from = 0, to = mail.octets): AsyncGenerator<Uint8Array> {
    for (let at = from; at < to; at += 65_536) yield this.read(mail, at, Math.min(to, at + 65_536));
  }
}

/** Everybody's password is `secret`; `frozen` is frozen, `busy` meets a busy server. */
class TestSignIn implements SignIn {
  readonly accounts = new Map<string, Uuid>();
  readonly #listeners = new Map<Uuid, Set<(why: Revocation) => void>>();
  maxSessions = 0;

  accountOf(login: string): Uuid {
    const account = this.accounts.get(login) ?? newEventId();
    this.accounts.set(login, account);
    return account;
  }

  async signIn({ login, password }: Credentials): Promise<SignedIn | Refusal> {
    if (login === 'busy') return refuse('serverBusy');
    if (password !== 'secret' || login === '') return refuse('credentialsWrong');
    if (login === 'frozen') return refuse('accountFrozen');
    return {
      account: this.accountOf(login),
      domain: newEventId(),
      address: `${login}@acme.example`,
      realName: login,
      roles: ['staff'],
      quotaOctets: 0,
      maxMessageOctets: 0,
      maxRecipients: 0,
      maxSessions: this.maxSessions,
    };
  }

  onRevoked(account: Uuid, listener: (why: Revocation) => void): () => void {
    const listeners = this.#listeners.get(account) ?? new Set();
    this.#listeners.set(account, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  revoke(account: Uuid): void {
    for (const listener of this.#listeners.get(account) ?? []) listener('frozen');
  }

  listenersOf(account: Uuid): number {
    return this.#listeners.get(account)?.size ?? 0;
  }
}

/** What one session told its recorder, in words. */
class TestRecorder {
  readonly said: string[] = [];
  readonly refused: RefusalCode[] = [];
  readonly starts: SessionStart[] = [];
  revealing = true;
  /** From the next thing observed on nothing may be shown, as of others' mail before the record of it is on disk. */
  owes = false;

  openSession(start: SessionStart) {
    const { said } = this;
    this.starts.push(start);
    const observe = (fact: string): void => {
      said.push(fact);
      if (this.owes) this.revealing = false;
    };
    return {
      session: newEventId(),
      opened: (_: Uuid, mode: string) => observe(`opened ${mode}`),
      read: (_: Uuid, uids: number | readonly number[], items: string) =>
        observe(`read ${items} ${String(uids)}`),
      searched: (_: Uuid, query: string, found: number) => observe(`searched ${query} ${found}`),
      shown: () => undefined,
      acted: (act: string, _: Uuid | null, count = 1) => void said.push(`${act} ${count}`),
      identified: (program: string) => void said.push(`identified ${program}`),
      mayReveal: () => this.revealing,
      untilMayReveal: async () => this.revealing,
      durable: async () => {},
      close: async (reason: SessionEnd) => void said.push(`closed ${reason}`),
    };
  }

  peerRefused(_: string, __: string, reason: RefusalCode): void {
    this.refused.push(reason);
  }
}

/** Accepts at once and files as the reaction would, a turn later. */
class TestIntake implements Intake {
  readonly #house: ImapHouse;
  refusal: RefusalCode | null = null;
  failing = false;
  /** The message is filed before its acceptance is known here. */
  filesFirst = false;
  /** Resolves when an acceptance may be answered. */
  pause: Promise<void> = Promise.resolve();
  aborted = 0;
  taken: IncomingMail[] = [];
  /** Of each arrival: the act that was allowed, and whose own it is. */
  readonly permits: IntakePermit[] = [];
  constructor(house: ImapHouse) {
    this.#house = house;
  }

  begin(permit: IntakePermit): Arrival {
    this.permits.push(permit);
    const pieces: Buffer[] = [];
    return {
      write: (octets) => {
        if (this.failing) throw new Error('the disk failed');
        // As the real one may: the octets go to another thread, and with them their buffer.
        pieces.push(Buffer.from(structuredClone(octets, { transfer: [octets.buffer as ArrayBuffer] })));
      },
      finish: (mail) => this.#finish(Buffer.concat(pieces), mail),
      abort: () => void this.aborted++,
    };
  }

  async #finish(octets: Buffer, mail: IncomingMail): Promise<AcceptedMail | Refusal> {
    if (this.refusal !== null) return refuse(this.refusal);
    this.taken.push(mail);
    const message = newEventId();
    this.#house.mails.add(message, octets);
    const filing = { message, octets: octets.length, dateMs: mail.internalDateMs ?? Date.now() };
    const file = () => this.#house.file(mail.recipients[0]!.account!, mail.mailbox, filing, mail.flags);
    await this.pause;
    if (this.filesFirst) await file();
    else setImmediate(file);
    return { message, leaf: 0, octets: octets.length };
  }
}

interface Greeted {
  readonly peer: ImapPeer;
  /** Null where the server closed instead. */
  readonly greeting: string | null;
}

export class ImapHouse {
  readonly log = new MemoryLog();
  readonly mailstores = new Mailstores(this.log, {
    load: (account) =>
      emptyMailstore(account, () => {
        throw new Error('nothing is stored');
      }),
  });
  readonly mails = new MemoryMails();
  readonly signIn = new TestSignIn();
  readonly recorder = new TestRecorder();
  readonly intake = new TestIntake(this);
  readonly faults: string[] = [];
  octetsLeft = Number.POSITIVE_INFINITY;
  readonly #services: ImapServices;
  readonly #peers: ImapPeer[] = [];
  server!: RunningImap;
  #position = 0;

  private constructor(settings: Partial<ImapSettings>) {
    const context = createSecureContext(testCertificate);
    this.#services = {
      settings: {
        hostname: 'mail.acme.example',
        plaintextAuth: 'loopback',
        maxMessageOctets: 1_000_000,
        idleTimeoutMs: 60_000,
        loginTimeoutMs: 60_000,
        maxConnections: 100,
        maxConnectionsPerAddress: 100,
        ...settings,
      },
      secureContext: () => context,
      signIn: this.signIn,
      mailstores: new MailstoreDoor(this.mailstores),
      mails: this.mails,
      intake: this.intake,
      room: { octetsLeft: async () => this.octetsLeft },
      recorder: this.recorder,
      log: {
        info: () => {},
        warn: () => {},
        error: () => {},
        fault: (_, error) => void this.faults.push(String(error)),
      },
    };
  }

  static async open(test: TestContext, settings: Partial<ImapSettings> = {}): Promise<ImapHouse> {
    const house = new ImapHouse(settings);
    house.server = await startImap(house.#services, { host: '127.0.0.1', port: 0, tlsPort: 0 });
    test.after(() => house.#close());
    return house;
  }

  async #close(): Promise<void> {
    for (const peer of this.#peers) peer.close();
    await this.server.close(0);
  }

  /** A client that has read the greeting. */
  async connect(): Promise<ImapPeer> {
    const { peer } = await this.greeted();
    return peer;
  }

  /** A client and the greeting it got, or what it got instead. */
  async greeted({ tls = false, port = this.server.port!, says = '' } = {}): Promise<Greeted> {
    const peer = tls ? await ImapPeer.toTls(this.server.tlsPort!) : await ImapPeer.to(port);
    this.#peers.push(peer);
    if (says !== '') peer.send(says);
    return { peer, greeting: await peer.line() };
  }

  async loggedIn(login = 'wang'): Promise<ImapPeer> {
    const peer = await this.connect();
    await peer.command('login', `LOGIN ${login} secret`);
    return peer;
  }

  /** Files a message as the reaction would. */
  async file(
    account: Uuid,
    mailbox: Uuid | null,
    { message, octets, dateMs }: { message: Uuid; octets: number; dateMs: number },
    flags: number,
  ): Promise<void> {
    const cause = { causeEpoch: 1, causePosition: ++this.#position };
    const filing = { message, mailbox, sizeOctets: octets, dateMs, flags, thread: message, ...cause };
    await this.execute(account, { kind: 'file', filings: [filing] });
  }

  /** Puts a mail into a mailbox; its id. */
  async deliver(
    login: string,
    path: string,
    content: string | Uint8Array,
    {
      flags = [],
      dateMs = Date.UTC(2026, 0, 2, 3, 4, 5),
      trace = '',
    }: { flags?: readonly string[]; dateMs?: number; trace?: string } = {},
  ): Promise<Uuid> {
    const account = this.signIn.accountOf(login);
    const message = newEventId();
    const octets = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
    const mail = this.mails.add(message, octets, Buffer.from(trace));
    if (flags.length > 0) await this.execute(account, { kind: 'nameKeywords', names: flags });
    const state = await this.mailstores.open(account);
    const named = flagBits(state.keywords, flags, false);
    if (isRefusal(named)) throw new Error(named.refused);
    const mailbox = findMailbox(state, path)!.id;
    await this.file(account, mailbox, { message, octets: mail.octets, dateMs }, named.bits);
    return message;
  }

  /** Runs a command on a mailstore as the server itself. */
  async execute(account: Uuid, command: Parameters<Mailstores['execute']>[1]): Promise<void> {
    const outcome = await this.mailstores.execute(account, command, {
      actor: 'system',
      cause: null,
      now: Date.now(),
    });
    if (isRefusal(outcome)) throw new Error(outcome.refused);
  }
}
