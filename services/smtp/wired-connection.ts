/**
 * How a connection of `smtp-server` reads, writes, waits and ends here; what its commands mean is in
 * `connection.ts`. The library's command loop, TLS and SASL stay. Each override says why it is there.
 */
import type { SMTPServerAddress } from 'smtp-server';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import type { SessionEnd } from '../record.ts';
import { type PathVerb, parsePathCommand } from './path-command.ts';
import { replyText, type SmtpReply, wireReplies } from './replies.ts';
import type { SmtpSettings } from './smtp-settings.ts';
import { SmtpWire } from './wire.ts';

export type SlownessLimits = Pick<SmtpSettings, 'handshakeTimeoutMs' | 'commandTimeoutMs' | 'dataTimeoutMs'>;

/** As many as the library allows of commands that it does not know. */
const maxUnusableCommands = 10;
const startsWithEnhancedCode = /^[245]\.\d{1,3}\.\d{1,3} /;
const controls = /[\u0000-\u001f\u007f-\u009f]/g;

export abstract class WiredConnection extends SMTPConnection {
  /** The server stops: this connection ends behind its next answer. */
  #draining = false;
  /** When STARTTLS was answered, ms of `performance.now`. */
  #handshakeAtMs = 0;
  #end: SessionEnd | null = null;

  /** Nothing that comes from now on is taken. May be called several times. */
  protected abstract left(end: SessionEnd): void;
  /** The socket is closed. Called once. */
  protected abstract gone(): void;

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

  protected get wire(): SmtpWire | null {
    return this._parser ? (this._parser as SmtpWire) : null;
  }

  say(reply: SmtpReply): void {
    this.send(reply.code, replyText(reply));
  }

  /** The last word on this connection; `end` says in the session's facts why. */
  finishWith(reply: SmtpReply, end: SessionEnd): void {
    this.#end ??= end;
    this.say(reply);
    if (!this._closing) this.close();
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

  /** The library's parser turns A-labels into U-labels, knows no quoted strings, and lets broken UTF-8 through. */
  override _parseAddressCommand(verb: string, command: Buffer | string) {
    const parsed = parsePathCommand(verb.toUpperCase() as PathVerb, command.toString());
    if (!parsed) return false;
    const { address, parameters, duplicate } = parsed;
    return { address, args: parameters as SMTPServerAddress['args'], ...(duplicate && { duplicate }) };
  }

  /** The reply is on its way before TLS takes the socket over, and a peer that leaves within the handshake is gone. */
  override upgrade(callback: () => void, secureCallback?: () => void): void {
    this._socket.uncork();
    this._socket.allowHalfOpen = false;
    this.#handshakeAtMs = performance.now();
    super.upgrade(callback, secureCallback);
  }

  /** The peer does not owe us anything while we keep its mail. */
  override _onTimeout(): void {
    if (!this._closing && this.wire?.receiverIsBusy) return this._armTimeout();
    super._onTimeout();
    if (this._closing) this.#end ??= 'idle';
  }

  override handler_QUIT(command: Buffer, callback: () => void): void {
    this.#end ??= 'logout';
    super.handler_QUIT(command, callback);
  }

  /** The library may wait some seconds more for the peer to close as well; nothing is taken from it meanwhile. */
  override close(): void {
    this.#leave();
    super.close();
  }

  override _onClose(): void {
    this.#leave();
    if (!this._closed) this.gone();
    super._onClose();
  }

  /** Closes what has begun something too long ago: the idle timer alone is fed by one octet now and then. */
  closeIfTooSlow(nowMs: number, limits: SlownessLimits): void {
    const { wire } = this;
    if (!wire || this._closing) return;
    const startedAtMs = this._upgrading ? this.#handshakeAtMs : wire.startedAtMs;
    if (startedAtMs > 0 && nowMs - startedAtMs > this.#limitMs(wire, limits)) {
      this.finishWith(wireReplies.tooSlow, 'idle');
    }
  }

  /** The server stops: an idle peer is told now, one in the middle of a mail or command behind its answer. */
  drain(): void {
    this.#draining = true;
    if (!this._handlerPending && !this.wire?.receiverIsBusy) this.endIfDraining();
  }

  protected endIfDraining(): void {
    if (!this.#draining || this._closing || this.wire?.inData) return;
    this.finishWith(wireReplies.shuttingDown, 'shutdown');
    // A peer that keeps its side open is not waited for.
    if (!this._upgrading) this._socket.destroySoon();
  }

  /** The server has waited long enough. */
  destroy(): void {
    this.#end ??= 'shutdown';
    // A socket must not be destroyed below a handshake: the library's close waits for that.
    if (this._upgrading) this.close();
    else this._socket.destroy();
  }

  /** Answers to commands that came together leave together (RFC 2920 §3.2): a write costs more than a command. */
  #write(text: string): void {
    const socket = this._socket;
    socket.cork();
    socket.write(text);
    process.nextTick(() => socket.uncork());
  }

  #leave(): void {
    this.wire?.cut();
    this.left(this.#end ?? 'lost');
  }

  #commandDone(done: () => void): void {
    this.endIfDraining();
    done();
  }

  #refuseOverlong(done: () => void): void {
    this.say(this._nextHandler ? wireReplies.authLineTooLong : wireReplies.lineTooLong);
    this._nextHandler = false;
    if (++this._unrecognizedCommands >= maxUnusableCommands) {
      this.finishWith(wireReplies.tooManyRefusals, 'refused');
    }
    this._whenWritable(done);
  }

  #limitMs(wire: SmtpWire, limits: SlownessLimits): number {
    if (this._upgrading) return limits.handshakeTimeoutMs;
    return wire.inData ? limits.dataTimeoutMs : limits.commandTimeoutMs;
  }
}
