/**
 * One connection of `smtp-server`, as this server wants it: its command loop, TLS and SASL stay; what a command
 * means comes from the dialogue, and octets come through `wire.ts`. Each override says why it is there.
 */
import type { Socket } from 'node:net';
import type { SMTPServer, SMTPServerAddress } from 'smtp-server';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import type { SessionEnd } from '../record.ts';
import type { Channel, Dialogue } from './dialogue.ts';
import { type DataEnds, IncomingData } from './incoming-data.ts';
import { type PathVerb, parsePathCommand } from './path-command.ts';
import { replyText, type SmtpReply, wireReplies } from './replies.ts';
import type { SmtpSettings } from './smtp-settings.ts';
import { SmtpWire } from './wire.ts';

/** As the library's handlers want a refusal; its message is what the peer reads. */
type ReplyCallback = (refused?: (Error & { responseCode?: number }) | null) => void;

type SlownessLimits = Pick<SmtpSettings, 'handshakeTimeoutMs' | 'commandTimeoutMs' | 'dataTimeoutMs'>;

const startsWithEnhancedCode = /^[245]\.\d{1,3}\.\d{1,3} /;
const controls = /[\u0000-\u001f\u007f-\u009f]/g;

export class MailConnection extends SMTPConnection {
  readonly #dialogue: Dialogue;
  readonly #onGone: () => void;
  #draining = false;
  /** When STARTTLS was answered, ms of `performance.now`. */
  #handshakeAtMs = 0;
  #end: SessionEnd | null = null;

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

  /** The reply to STARTTLS is on its way before TLS takes the socket over. */
  override upgrade(callback: () => void, secureCallback?: () => void): void {
    this._socket.uncork();
    this.#handshakeAtMs = performance.now();
    super.upgrade(callback, secureCallback);
  }

  /** Called by the library's constructor, before any member here exists. */
  override _createParser(): SmtpWire {
    return new SmtpWire(
      {
        command: (line, done) => this._onCommand(line, () => this.#commandDone(done)),
        overlongCommand: (done) => this.#refuseOverlong(done),
        inputEnded: () => this.close(),
      },
      this._server.options.maxCommandLength!,
    );
  }

  get #wire(): SmtpWire | null {
    return this._parser ? (this._parser as SmtpWire) : null;
  }

  /**
   * The library writes only to sockets that are open both ways, but a peer that has said all it wants to say
   * and closed its side still waits for the answer; and it picks enhanced codes by the reply code alone.
   */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const lines = [data ?? ''].flat().map((line) => line.replace(controls, ' '));
    const enhanced = startsWithEnhancedCode.test(lines[0]!) ? '' : this._getEnhancedStatusCode(code, context);
    const text = lines.map((line, i) => {
      const separator = i < lines.length - 1 ? '-' : ' ';
      return `${code}${separator}${enhanced === '' ? '' : `${enhanced} `}${line}\r\n`;
    });
    // While TLS is being negotiated anything written would be clear text inside it.
    if (!this._upgrading && this._socket.writable) this.#write(text.join(''));
    if (code === 421) this.close();
  }

  /** Answers to commands that came together leave together (RFC 2920 §3.2): a write costs more than a command. */
  #write(text: string): void {
    const socket = this._socket;
    socket.cork();
    socket.write(text);
    process.nextTick(() => socket.uncork());
  }

  say(reply: SmtpReply): void {
    this.send(reply.code, replyText(reply));
  }

  /** The library's parser turns A-labels into U-labels, knows no quoted strings, and lets broken UTF-8 through. */
  override _parseAddressCommand(verb: string, command: Buffer | string) {
    const parsed = parsePathCommand(verb.toUpperCase() as PathVerb, command.toString());
    if (!parsed) return false;
    const { address, parameters, duplicate } = parsed;
    return { address, args: parameters as SMTPServerAddress['args'], ...(duplicate && { duplicate }) };
  }

  mail({ address, args }: SMTPServerAddress, callback: ReplyCallback): void {
    this.#answer(this.#dialogue.mail({ address, parameters: args || {} }), callback);
  }

  recipient({ address, args }: SMTPServerAddress, callback: ReplyCallback): void {
    this.#answer(this.#dialogue.recipient({ address, parameters: args || {} }), callback);
  }

  authenticate(login: string, password: string, callback: ReplyCallback): void {
    const revoked = () => this.#finishWith(wireReplies.sessionRevoked, 'revoked');
    this.#answer(this.#dialogue.authenticate(login, password, this.#helo, revoked), callback);
  }

  /** The library offers AUTH on every channel, also where a password must not come. */
  override handler_EHLO(command: Buffer, callback: () => void): void {
    const { disabledCommands = [] } = this._server.options;
    if (!this.#dialogue.mayAuthenticate(this.secure))
      this.session.disabledCommands = [...disabledCommands, 'AUTH'];
    super.handler_EHLO(command, callback);
    this.session.disabledCommands = undefined;
  }

  override handler_AUTH(command: Buffer, callback: () => void): void {
    if (this.#dialogue.mayAuthenticate(this.secure)) return super.handler_AUTH(command, callback);
    this.say(wireReplies.encryptionRequired);
    callback();
  }

  override handler_RSET(command: Buffer, callback: () => void): void {
    if (this.#dialogue.countReset()) return super.handler_RSET(command, callback);
    this.#finishWith(wireReplies.tooManyResets, 'refused');
  }

  override handler_QUIT(command: Buffer, callback: () => void): void {
    this.#end = 'logout';
    super.handler_QUIT(command, callback);
  }

  /** The library's way leads through its own unstuffing: see `raw-lines.ts`. */
  override handler_DATA(command: Buffer, callback: () => void): void {
    const bare = command.toString('latin1').trim().length === 4;
    const refused = bare ? this.#dialogue.refuseData() : wireReplies.dataTakesNoArguments;
    if (refused) {
      this.say(refused);
      return callback();
    }
    this.#wire?.receive(new IncomingData(this.#dialogue.dataRules(), this.#dataEnds()));
    this.send(354, 'End data with <CR><LF>.<CR><LF>');
    callback();
  }

  /** Whoever is signed in no more by the library's account (STARTTLS) is so by ours. */
  override _resetSession(): void {
    super._resetSession();
    this.#dialogue.reset();
    if (!this.session.user) this.#dialogue.signOut('logout');
  }

  /** The peer does not owe us anything while we keep its mail. */
  override _onTimeout(): void {
    if (!this._closing && this.#wire?.receiverIsBusy) return this._armTimeout();
    super._onTimeout();
    if (this._closing) this.#end ??= 'idle';
  }

  /** Nothing that comes from now on is taken; the library may wait some seconds more for the peer to close as well. */
  override close(): void {
    this.#forget();
    super.close();
  }

  override _onClose(): void {
    this.#forget();
    if (!this._closed) this.#onGone();
    super._onClose();
  }

  /** Closes what has begun something too long ago: the idle timer alone is fed by one octet now and then. */
  closeIfTooSlow(nowMs: number, limits: SlownessLimits): void {
    const wire = this.#wire;
    if (!wire || this._closing) return;
    const startedAtMs = this._upgrading ? this.#handshakeAtMs : wire.startedAtMs;
    if (startedAtMs > 0 && nowMs - startedAtMs > this.#limitMs(wire, limits)) {
      this.#finishWith(wireReplies.tooSlow, 'idle');
    }
  }

  /** The server stops: an idle peer is told now, one in the middle of a mail or command after its answer. */
  drain(): void {
    this.#draining = true;
    if (!this._handlerPending && !this.#wire?.inData && !this.#wire?.receiverIsBusy) this.#sayGoodbye();
  }

  /** The server has waited long enough. */
  destroy(): void {
    this.#end ??= 'shutdown';
    // A socket must not be destroyed below a handshake: the library's close waits for that.
    if (this._upgrading) this.close();
    else this._socket.destroy();
  }

  get #helo(): string {
    return this.hostNameAppearsAs || '';
  }

  #forget(): void {
    this.#wire?.cut();
    this.#dialogue.signOut(this.#end ?? 'lost');
  }

  #channel(): Channel {
    const { transmissionType, tlsOptions } = this.session;
    const tls = tlsOptions ? `${tlsOptions.version} ${tlsOptions.standardName}` : null;
    return { address: this.remoteAddress, helo: this.#helo, with: transmissionType, tls };
  }

  #dataEnds(): DataEnds {
    const dialogue = this.#dialogue;
    return {
      begin: () => dialogue.begin(),
      isDiskLow: () => dialogue.isDiskLow(),
      report: (failure) => dialogue.report(failure),
      whole: async (arrival, normalised) =>
        this.#mailAnswered(await dialogue.finish(arrival, this.#channel(), normalised)),
      faulty: async (fault) => this.#mailAnswered(dialogue.refuseOctets(fault)),
      overrun: (fault) => {
        this.say(dialogue.refuseOctets(fault));
        this.#end ??= 'refused';
        this.close();
      },
    };
  }

  #mailAnswered(reply: SmtpReply): void {
    this.say(reply);
    this._transactionCounter++;
    this._unrecognizedCommands = 0;
    this._resetSession();
    if (this.#dialogue.hasErredTooOften) this.#finishWith(wireReplies.tooManyRefusals, 'refused');
    else if (this.#draining) this.#sayGoodbye();
  }

  #answer(reply: Promise<SmtpReply | null>, callback: ReplyCallback): void {
    void reply.then((refused) => {
      if (this._closing || this._closed) return this.#dialogue.signOut(this.#end ?? 'lost');
      if (refused && this.#dialogue.hasErredTooOften) {
        this.say(refused);
        this.#finishWith(wireReplies.tooManyRefusals, 'refused');
        return;
      }
      callback(refused && Object.assign(new Error(replyText(refused)), { responseCode: refused.code }));
    });
  }

  #refuseOverlong(done: () => void): void {
    this.say(this._nextHandler ? wireReplies.authLineTooLong : wireReplies.lineTooLong);
    this._nextHandler = false;
    this._whenWritable(done);
  }

  #commandDone(done: () => void): void {
    if (this.#draining && !this.#wire?.inData) this.#sayGoodbye();
    done();
  }

  #sayGoodbye(): void {
    if (this._closing) return;
    this.#finishWith(wireReplies.shuttingDown, 'shutdown');
    // A peer that keeps its side open is not waited for.
    if (!this._upgrading) this._socket.destroySoon();
  }

  #limitMs(wire: SmtpWire, limits: SlownessLimits): number {
    if (this._upgrading) return limits.handshakeTimeoutMs;
    return wire.inData ? limits.dataTimeoutMs : limits.commandTimeoutMs;
  }

  #finishWith(reply: SmtpReply, end: SessionEnd): void {
    this.#end ??= end;
    this.say(reply);
  }
}
