/** What the commands of one connection mean: each is put to the dialogue, and its answer on the wire. */
import type { Socket } from 'node:net';
import type { SMTPServer, SMTPServerAddress } from 'smtp-server';
import type { SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import type { SessionEnd } from '../record.ts';
import type { Channel, Dialogue } from './dialogue.ts';
import { type DataEnds, IncomingData } from './incoming-data.ts';
import { replyText, type SmtpReply, wireReplies } from './replies.ts';
import { WiredConnection } from './wired-connection.ts';

/** As the library's handlers want a refusal; its message is what the peer reads. */
type ReplyCallback = (refused?: (Error & { responseCode?: number }) | null) => void;

export class MailConnection extends WiredConnection {
  readonly #dialogue: Dialogue;
  readonly #onGone: () => void;

  constructor(
    server: SMTPServer,
    socket: Socket,
    options: SMTPConnectionOptions | undefined,
    dialogue: Dialogue,
    onGone: () => void,
  ) {
    super(server, socket, options);
    this.#dialogue = dialogue;
    this.#onGone = onGone;
  }

  mail({ address, args }: SMTPServerAddress, callback: ReplyCallback): void {
    this.#answer(this.#dialogue.mail({ address, parameters: args || {} }), callback);
  }

  recipient({ address, args }: SMTPServerAddress, callback: ReplyCallback): void {
    this.#answer(this.#dialogue.recipient({ address, parameters: args || {} }), callback);
  }

  authenticate(login: string, password: string, callback: ReplyCallback): void {
    const revoked = () => this.finishWith(wireReplies.sessionRevoked, 'revoked');
    this.#answer(this.#dialogue.authenticate(login, password, this.#helo, revoked), callback);
  }

  /** The library offers AUTH on every channel, also where a password must not come. */
  override handler_EHLO(command: Buffer, callback: () => void): void {
    const { disabledCommands = [] } = this._server.options;
    const mayAuthenticate = this.#dialogue.mayAuthenticate(this.secure);
    if (!mayAuthenticate) this.session.disabledCommands = [...disabledCommands, 'AUTH'];
    super.handler_EHLO(command, callback);
    this.session.disabledCommands = undefined;
  }

  override handler_AUTH(command: Buffer, callback: () => void): void {
    if (!this.#dialogue.countAuth()) return this.finishWith(wireReplies.tooManyRefusals, 'refused');
    if (this.#dialogue.mayAuthenticate(this.secure)) return super.handler_AUTH(command, callback);
    this.say(wireReplies.encryptionRequired);
    callback();
  }

  /** The library refuses SIZE= over its limit before anybody of ours hears of it: the dialogue does it, and counts. */
  override _validateMailParams(parsed: Parameters<WiredConnection['_validateMailParams']>[0]) {
    const fault = super._validateMailParams(parsed);
    return fault?.enhancedCode === 'MESSAGE_TOO_BIG' ? null : fault;
  }

  override handler_RSET(command: Buffer, callback: () => void): void {
    if (this.#dialogue.countReset()) return super.handler_RSET(command, callback);
    this.finishWith(wireReplies.tooManyResets, 'refused');
  }

  /** The library's way leads through its own unstuffing: see `raw-lines.ts`. */
  override handler_DATA(command: Buffer, callback: () => void): void {
    const isAlone = command.toString('latin1').trim().length === 'DATA'.length;
    const refused = isAlone ? this.#dialogue.refuseData() : wireReplies.dataTakesNoArguments;
    if (refused) {
      this.say(refused);
      return callback();
    }
    this.wire?.receive(new IncomingData(this.#dialogue.dataRules(), this.#dataEnds()));
    this.send(354, 'End data with <CR><LF>.<CR><LF>');
    callback();
  }

  /** Whoever is signed in no more by the library's account (STARTTLS) is so by ours. */
  override _resetSession(): void {
    super._resetSession();
    this.#dialogue.reset();
    if (!this.session.user) this.#dialogue.signOut('logout');
  }

  protected override left(end: SessionEnd): void {
    this.#dialogue.signOut(end);
  }

  protected override gone(): void {
    this.#onGone();
  }

  get #helo(): string {
    return this.hostNameAppearsAs || '';
  }

  #channel(): Channel {
    const { transmissionType, tlsOptions } = this.session;
    const tls = tlsOptions ? `${tlsOptions.version} ${tlsOptions.standardName}` : null;
    return { address: this.remoteAddress, helo: this.#helo, with: transmissionType, tls };
  }

  #dataEnds(): DataEnds {
    const dialogue = this.#dialogue;
    return {
      begin: () => dialogue.begin(this.#helo),
      isDiskLow: () => dialogue.isDiskLow(),
      report: (failure) => dialogue.report(failure),
      whole: async (arrival, data) =>
        this.#mailAnswered(await dialogue.finish(arrival, this.#channel(), data)),
      faulty: async (fault) => this.#mailAnswered(dialogue.refuseOctets(fault)),
      overrun: (fault) => this.finishWith(dialogue.refuseOctets(fault), 'refused'),
    };
  }

  #mailAnswered(reply: SmtpReply): void {
    this.say(reply);
    this._transactionCounter++;
    this._unrecognizedCommands = 0;
    this._resetSession();
    this.endIfDraining();
  }

  /** Puts the dialogue's answer to the library's handler, unless the connection has ended meanwhile. */
  #answer(reply: Promise<SmtpReply | null>, callback: ReplyCallback): void {
    void reply.then((refused) => {
      if (this._closing || this._closed) return this.#dialogue.signOut('lost');
      if (refused && this.#dialogue.hasErredTooOften) {
        this.say(refused);
        return this.finishWith(wireReplies.tooManyRefusals, 'refused');
      }
      callback(refused && Object.assign(new Error(replyText(refused)), { responseCode: refused.code }));
    });
  }
}
