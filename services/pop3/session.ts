/**
 * One POP3 session (RFC 1939): AUTHORIZATION, TRANSACTION, UPDATE. It knows no socket: commands come in one after
 * another, answers go to `Pop3Output`.
 */
import { ask } from '../../policies/access.ts';
import { FrameDamaged, FrameMissing } from '../blob-store/blob-store.ts';
import { inboxOf } from '../domain/mailstore-state.ts';
import { isRefusal, type Refusal } from '../domain/refusals.ts';
import type { MailReader, OpenedMail } from '../mailstores/mail-reader.ts';
import type { MailstoreDoor } from '../mailstores/mailstore-door.ts';
import { giveBack } from '../memory/own-octets.ts';
import type { Recorder, SessionEnd, SessionRecorder } from '../record.ts';
import { type SignedIn, type SignIn, subjectOf } from '../sign-in/sign-in.ts';
import { type Pop3Command, parseNumber, parsePlain } from './command.ts';
import { type DropMessage, Maildrop } from './maildrop.ts';
import { listAnswer, MultiLine, TopLines } from './multi-line.ts';
import { maxFailedSignIns } from './pop3-settings.ts';
import { refusalReply } from './replies.ts';

export interface Pop3Parts {
  readonly signIn: SignIn;
  readonly mailstores: MailstoreDoor;
  readonly mails: MailReader;
  readonly recorder: Recorder;
  /** Into the server's log; nothing of it goes to the peer. */
  readonly report: (failure: unknown) => void;
}

/** Up to this size a mail is read before the answer begins, so that a damaged one can still be refused. */
const maxHeldOctets = 256 * 1024;

/** The way to the client, and what is known of it. */
export interface Pop3Output {
  readonly peer: string;
  /** TLS runs. */
  readonly secure: boolean;
  /** A password may be taken now: TLS runs, or the rule for plain text allows it. */
  readonly mayAuthenticate: boolean;
  readonly mayStartTls: boolean;
  line(text: string): void;
  /** Takes the octets over: they are empty once they are written. Resolves when more may be written. */
  octets(octets: Uint8Array): void | Promise<void>;
  startTls(): void;
  /** One more line from the client, for SASL; null when it went away. */
  nextLine(): Promise<string | null>;
  end(): void;
  /** Ends at once: an answer that has begun cannot be finished. */
  cut(): void;
}

interface Transaction {
  readonly signedIn: SignedIn;
  readonly drop: Maildrop;
  readonly recorder: SessionRecorder;
}

export class Pop3Session {
  readonly #parts: Pop3Parts;
  readonly #out: Pop3Output;
  #user: string | null = null;
  #failedSignIns = 0;
  #transaction: Transaction | null = null;
  #stopWatching: () => void = () => {};

  constructor(parts: Pop3Parts, out: Pop3Output) {
    this.#parts = parts;
    this.#out = out;
  }

  get signedIn(): boolean {
    return this.#transaction !== null;
  }

  async handle(command: Pop3Command): Promise<void> {
    const { keyword } = command;
    if (keyword === 'CAPA') return this.#capa();
    if (keyword === 'QUIT') return this.#quit();
    if (keyword === 'NOOP' && this.#transaction) return this.#out.line('+OK');
    if (this.#transaction) return this.#inTransaction(command, this.#transaction);
    return this.#inAuthorization(command);
  }

  /** The connection is gone or must go: nothing is deleted (RFC 1939 §6). */
  async close(reason: SessionEnd): Promise<void> {
    this.#stopWatching();
    await this.#transaction?.recorder.close(reason);
  }

  #inAuthorization(command: Pop3Command): Promise<void> | void {
    switch (command.keyword) {
      case 'STLS':
        return this.#startTls();
      case 'AUTH':
        return this.#auth(command.args);
      case 'USER':
        return this.#userName(command.rest);
      case 'PASS':
        return this.#pass(command.rest);
      default:
        return this.#out.line('-ERR Sign in first: USER and PASS, or AUTH PLAIN.');
    }
  }

  #inTransaction(command: Pop3Command, transaction: Transaction): Promise<void> | void {
    const { drop } = transaction;
    switch (command.keyword) {
      case 'STAT': {
        const { count, octets } = drop.stat();
        return this.#out.line(`+OK ${count} ${octets}`);
      }
      case 'LIST':
        return this.#list(transaction, command.args, ({ number, octets }) => `${number} ${octets}`);
      case 'UIDL':
        return this.#list(transaction, command.args, (message) => `${message.number} ${drop.uidl(message)}`);
      case 'RETR':
        return this.#retrieve(transaction, drop.get(parseNumber(command.args[0])), null);
      case 'TOP':
        return this.#top(transaction, command.args);
      case 'DELE':
        return this.#delete(drop, drop.get(parseNumber(command.args[0])));
      case 'RSET':
        drop.reset();
        return this.#out.line('+OK');
      default:
        return this.#out.line('-ERR This command is not known here.');
    }
  }

  #capa(): void {
    const { mayAuthenticate, mayStartTls } = this.#out;
    const lines = [
      'TOP',
      'UIDL',
      'RESP-CODES',
      'AUTH-RESP-CODE',
      'PIPELINING',
      'EXPIRE NEVER',
      'IMPLEMENTATION Muniment',
    ];
    if (mayAuthenticate) lines.unshift('USER', 'SASL PLAIN');
    if (mayStartTls) lines.unshift('STLS');
    void this.#out.octets(listAnswer('+OK', lines));
  }

  #startTls(): void {
    if (!this.#out.mayStartTls) return this.#out.line('-ERR TLS cannot be started now.');
    this.#user = null;
    this.#out.line('+OK Begin TLS negotiation.');
    this.#out.startTls();
  }

  #userName(name: string): void {
    if (!this.#out.mayAuthenticate) return this.#out.line('-ERR [AUTH] Start TLS first (STLS).');
    if (name === '') return this.#out.line('-ERR USER wants a name.');
    this.#user = Buffer.from(name, 'latin1').toString('utf8');
    this.#out.line('+OK');
  }

  async #pass(password: string): Promise<void> {
    const user = this.#user;
    this.#user = null;
    if (user === null) return this.#out.line('-ERR USER comes first.');
    await this.#enter(user, Buffer.from(password, 'latin1').toString('utf8'));
  }

  /** RFC 5034; the initial answer may come with the command. */
  async #auth([mechanism, initial]: readonly string[]): Promise<void> {
    if (mechanism === undefined)
      return void this.#out.octets(listAnswer('+OK', this.#out.mayAuthenticate ? ['PLAIN'] : []));
    if (mechanism.toUpperCase() !== 'PLAIN') return this.#out.line('-ERR Only PLAIN is known here.');
    if (!this.#out.mayAuthenticate) return this.#out.line('-ERR [AUTH] Start TLS first (STLS).');
    const answer = initial ?? (await this.#challenge());
    if (answer === null || answer === '*') return this.#out.line('-ERR Cancelled.');
    const plain = parsePlain(answer === '=' ? '' : answer);
    if (plain === null) return this.#out.line('-ERR This is not an answer to PLAIN.');
    if (plain.authorise !== '' && plain.authorise !== plain.login) {
      return this.#out.line('-ERR [AUTH] Acting for somebody else is not possible here.');
    }
    await this.#enter(plain.login, plain.password);
  }

  #challenge(): Promise<string | null> {
    this.#out.line('+ ');
    return this.#out.nextLine();
  }

  async #enter(login: string, password: string): Promise<void> {
    const { peer } = this.#out;
    const signedIn = await this.#parts.signIn.signIn({ login, password, peer, protocol: 'pop3' });
    if (isRefusal(signedIn)) return this.#refuse(signedIn);
    const permit = ask(subjectOf(signedIn), 'readMail', { owner: signedIn.account });
    if (isRefusal(permit)) return this.#refuse(permit);
    const state = await this.#parts.mailstores.open(permit);
    const drop = new Maildrop(inboxOf(state)!);
    const recorder = this.#parts.recorder.openSession({
      account: signedIn.account,
      protocol: 'pop3',
      peer,
      program: '',
    });
    recorder.opened(drop.mailbox, 'write');
    this.#transaction = { signedIn, drop, recorder };
    this.#stopWatching = this.#parts.signIn.onRevoked(
      signedIn.account,
      () => this.#revoked(),
      signedIn.applicationPassword,
    );
    const { count, octets } = drop.stat();
    this.#out.line(`+OK ${count} messages, ${octets} octets`);
  }

  #refuse({ refused }: Refusal): void {
    this.#out.line(refusalReply(refused));
    if (++this.#failedSignIns >= maxFailedSignIns) this.#out.end();
  }

  #revoked(): void {
    this.#out.end();
    void this.close('revoked');
  }

  #list(
    { drop, recorder }: Transaction,
    args: readonly string[],
    line: (message: DropMessage) => string,
  ): void {
    if (args.length > 0) {
      const message = drop.get(parseNumber(args[0]));
      if (message) recorder.read(drop.mailbox, message.uid, 'flags');
      return this.#out.line(message ? `+OK ${line(message)}` : noSuchMessage);
    }
    recorder.read(drop.mailbox, drop.liveUids(), 'flags');
    void this.#out.octets(listAnswer('+OK', drop.live().map(line)));
  }

  #top(transaction: Transaction, [number, lines]: readonly string[]): Promise<void> | void {
    const bodyLines = parseNumber(lines);
    if (bodyLines === null) return this.#out.line('-ERR TOP wants a message number and a number of lines.');
    return this.#retrieve(transaction, transaction.drop.get(parseNumber(number)), new TopLines(bodyLines));
  }

  async #retrieve(
    { drop, recorder }: Transaction,
    message: DropMessage | null,
    top: TopLines | null,
  ): Promise<void> {
    if (message === null) return this.#out.line(noSuchMessage);
    const mail = await this.#parts.mails.open(message.message);
    if (mail === null) return this.#out.line('-ERR The content of this message has been erased.');
    recorder.read(drop.mailbox, message.uid, top === null ? 'body' : 'headers');
    if (!recorder.mayReveal() && !(await recorder.untilMayReveal()))
      return this.#out.line(refusalReply('serverBusy'));
    const chunks = await this.#chunksOf(mail);
    if (chunks === null) return this.#out.line('-ERR [SYS/PERM] The content of this message is damaged.');
    this.#out.line(`+OK ${message.octets} octets`);
    await this.#send(chunks, top);
  }

  /** Null where the mail is damaged. */
  async #chunksOf(mail: OpenedMail): Promise<Iterable<Uint8Array> | AsyncIterable<Uint8Array> | null> {
    const { mails, report } = this.#parts;
    if (mail.octets > maxHeldOctets) return mails.stream(mail);
    try {
      return [await mails.read(mail, 0, mail.octets)];
    } catch (error) {
      if (!(error instanceof FrameDamaged || error instanceof FrameMissing)) throw error;
      report(error);
      return null;
    }
  }

  async #send(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, top: TopLines | null): Promise<void> {
    const lines = new MultiLine();
    try {
      for await (const chunk of chunks) {
        const said = lines.stuff(top === null ? chunk : top.take(chunk));
        if (said.buffer !== chunk.buffer) giveBack(chunk);
        await this.#out.octets(said);
        if (top?.done) break;
      }
    } catch (error) {
      this.#parts.report(error);
      return this.#out.cut();
    }
    await this.#out.octets(lines.end());
  }

  #delete(drop: Maildrop, message: DropMessage | null): void {
    if (message === null) return this.#out.line(noSuchMessage);
    drop.delete(message);
    this.#out.line('+OK');
  }

  /** UPDATE state (RFC 1939 §6): what is marked goes now, in one event. */
  async #quit(): Promise<void> {
    const uids = this.#transaction?.drop.deletedUids() ?? [];
    const failed = uids.length > 0 && (await this.#expunge(this.#transaction!, uids));
    this.#out.line(failed ? '-ERR [SYS/TEMP] Some messages were not deleted.' : '+OK');
    this.#out.end();
    await this.close('logout');
  }

  async #expunge({ signedIn, drop, recorder }: Transaction, uids: readonly number[]): Promise<boolean> {
    const permit = ask(subjectOf(signedIn), 'changeMail', { owner: signedIn.account });
    if (isRefusal(permit)) return true;
    const command = { kind: 'expunge', mailbox: drop.mailbox, uids } as const;
    recorder.acted('expunge', drop.mailbox);
    return isRefusal(await this.#parts.mailstores.execute(permit, command));
  }
}

const noSuchMessage = '-ERR There is no such message.';
