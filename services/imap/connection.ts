import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { peerAddress } from '../proxied-connections.ts';
import { Output } from './output.ts';
import { CommandReader } from './protocol/command-reader.ts';
import type { OctetString } from './protocol/octet-string.ts';
import type { ReaderItem } from './protocol/reader-item.ts';
import { untaggedStatus } from './protocol/reply.ts';

/**
 * Why nothing more comes: the peer is gone or has sent all it wants (`peer`), was silent for too long, lost its
 * right, the server goes down, or a reply broke off.
 */
export type ConnectionEnd = 'peer' | 'idle' | 'revoked' | 'shutdown' | 'broken';

/** What a client says; what ends the connection is dealt with here. */
export type ClientItem = Exclude<ReaderItem, { readonly kind: 'fatal' }>;

/** How long a peer may take to close its side after ours is closed. */
const lingerMs = 5000;

/**
 * One client's connection: a socket, the reader of its commands, and the output. Reads only when somebody asks
 * for the next item, so that a peer cannot send faster than it is served.
 */
export class Connection {
  /** IP address of the peer. */
  readonly peer: string;
  readonly out: Output;
  /** Resolves when the socket is closed. */
  readonly closed: Promise<void>;
  readonly #idleTimeoutMs: number;
  #socket: Socket;
  #reader = new CommandReader();
  #secure = false;
  #end: ConnectionEnd | null = null;
  /** Somebody waits for octets; nothing is half written then. */
  #waiting: (() => void) | null = null;
  /** What is to be said when the present command is done. */
  #farewell: { readonly reason: ConnectionEnd; readonly text: string } | null = null;

  /** `socket` with `allowHalfOpen`: a peer that has sent all it wants still gets its answers. */
  constructor(socket: Socket, idleTimeoutMs: number) {
    this.#socket = socket;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.peer = peerAddress(socket);
    this.out = new Output(socket);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.setNoDelay(true);
    this.#attach(socket);
  }

  #attach(socket: Socket): void {
    socket.on('readable', () => this.#wake());
    socket.on('end', () => this.#ended('peer'));
    socket.on('close', () => this.#ended('peer'));
    // What went wrong with a peer's socket is the peer's business: `close` follows.
    socket.on('error', () => {});
    socket.setTimeout(this.#idleTimeoutMs, () => this.endWith('idle', 'Idle for too long'));
  }

  get secure(): boolean {
    return this.#secure;
  }

  /** Null while more may come. */
  get ended(): ConnectionEnd | null {
    return this.#end;
  }

  /** True when nothing that is written can arrive any more. */
  get isGone(): boolean {
    return this.#socket.destroyed || (this.#end !== null && this.#end !== 'peer');
  }

  /** The next thing that the client said; null when nothing more comes. */
  async nextItem(): Promise<ClientItem | null> {
    for (;;) {
      if (this.#farewell !== null) this.#sayFarewell(this.#farewell);
      if (this.isGone) return null;
      const item = this.#reader.next();
      if (item?.kind === 'fatal') this.#farewell = { reason: 'broken', text: item.text };
      else if (item !== null) return item;
      else if (!(await this.#readMore())) return null;
    }
  }

  /** False when nothing more comes. */
  async #readMore(): Promise<boolean> {
    this.out.flush();
    const octets = await this.#receive();
    if (octets === null) return false;
    this.#reader.push(octets);
    return true;
  }

  /** A line that is no command: the answer to a continuation. Null when nothing more comes. */
  async nextLine(): Promise<OctetString | null> {
    this.#reader.expectLine();
    const item = await this.nextItem();
    return item?.kind === 'line' ? item.line : null;
  }

  acceptMessage(): void {
    this.#reader.acceptMessage();
  }

  refuseMessage(): void {
    this.#reader.refuseMessage();
  }

  async #receive(): Promise<Uint8Array | null> {
    for (;;) {
      const octets = this.#socket.read() as Uint8Array | null;
      if (octets !== null) return octets;
      if (this.#end !== null || this.#socket.destroyed) return null;
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  #wake(): void {
    const wake = this.#waiting;
    this.#waiting = null;
    wake?.();
  }

  #ended(reason: ConnectionEnd): void {
    if (this.#end === null || reason !== 'peer') this.#end = reason;
    this.#wake();
  }

  /**
   * Begins TLS. What the client sent before it is dropped unread: it may come from somebody in between
   * (RFC 9051 §6.2.1, CVE-2011-0411). `announcement` is the last reply in the clear.
   */
  startTls(context: SecureContext, announcement: OctetString): void {
    this.#reader = new CommandReader();
    while (this.#socket.read() !== null);
    this.out.text(announcement);
    this.out.flush();
    this.secureFromNow(context);
  }

  /** TLS from the first octet on, or from now on. */
  secureFromNow(context: SecureContext): void {
    const plain = this.#socket;
    plain.removeAllListeners('readable');
    plain.removeAllListeners('end');
    plain.setTimeout(0);
    const socket = new TLSSocket(plain, { isServer: true, secureContext: context });
    socket.on('error', () => plain.destroy());
    socket.on('close', () => plain.destroy());
    this.#socket = socket;
    this.#secure = true;
    this.out.switchTo(socket);
    this.#attach(socket);
  }

  /**
   * Ends the connection from outside of its session. BYE is said where nothing is half written; a command that
   * runs may be done within `graceMs`.
   */
  endWith(reason: ConnectionEnd, text: string, graceMs = 0): void {
    if (this.isGone) return;
    if (this.#waiting !== null) {
      this.#sayFarewell({ reason, text });
    } else if (graceMs > 0) {
      this.#farewell = { reason, text };
      setTimeout(() => this.#destroy(reason), graceMs).unref();
    } else {
      this.#destroy(reason);
    }
  }

  #sayFarewell({ reason, text }: { readonly reason: ConnectionEnd; readonly text: string }): void {
    this.#farewell = null;
    this.out.text(untaggedStatus('BYE', text));
    this.close();
    this.#ended(reason);
  }

  /** Ends at once, without a word: a reply was begun that cannot be finished. */
  abort(): void {
    this.#destroy('broken');
  }

  #destroy(reason: ConnectionEnd): void {
    if (!this.isGone) this.#ended(reason);
    this.#socket.destroy();
  }

  /** Closes our side once everything is written, and the peer's soon after. */
  close(): void {
    const socket = this.#socket;
    this.out.flush();
    socket.end();
    setTimeout(() => socket.destroy(), lingerMs).unref();
    // What still arrives is dropped; without reading it, the peer's end would never be seen.
    socket.removeAllListeners('readable');
    socket.resume();
  }
}
