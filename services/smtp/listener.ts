/** One listening socket and its connections: limits of their number, slow peers, and an end that loses no mail. */
import type { AddressInfo, Socket } from 'node:net';
import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerAuthentication,
  type SMTPServerAuthenticationResponse,
  type SMTPServerOptions,
  type SMTPServerSession,
} from 'smtp-server';
import type { SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import type { Concurrency } from '../concurrency.ts';
import { subscriberOf } from '../networks.ts';
import { peerAddress, takeFromProxies } from '../proxied-connections.ts';
import { MailConnection } from './connection.ts';
import { Dialogue, type DialogueParts } from './dialogue.ts';
import { refusalReplies, replyText, type SmtpReply, wireReplies } from './replies.ts';
import type { ListenerKind, SmtpSettings } from './smtp-settings.ts';

/** Shared by all listeners. */
export interface ListenerParts extends DialogueParts {
  /** Connections per kind of door, and per subscriber. */
  readonly connections: Concurrency;
}

type ProxyCallback = Parameters<SMTPServer['_handleProxy']>[1];
type Callback = (refused?: Error | null) => void;

/** Of the library: jokes, and ways for a proxy to say who somebody is. */
const neverOffered = ['WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD'];
/** A peer that is turned away has this long to read why. */
const turnAwayMs = 1000;
/** Beyond the failures that we count ourselves: two lines of AUTH LOGIN are two commands to the library. */
const maxCommandsBeforeAuth = 30;

export class Listener extends SMTPServer {
  readonly kind: ListenerKind;
  readonly #parts: ListenerParts;
  readonly #bySession = new WeakMap<SMTPServerSession, MailConnection>();
  readonly #open = new Set<MailConnection>();
  /** Gives the place of a plain socket back: STARTTLS takes the listeners off the socket itself. */
  readonly #leaveBySocket = new WeakMap<Socket, () => void>();
  #watch: NodeJS.Timeout | undefined;

  constructor(kind: ListenerKind, parts: ListenerParts) {
    super(optionsOf(kind, parts));
    this.kind = kind;
    this.#parts = parts;
    // What fails on one connection (a reset, a handshake) ends that one; there is nobody to tell.
    this.on('error', () => {});
    takeFromProxies(this.server, parts.settings.proxyProtocolFrom);
  }

  /** Resolves with the port. Rejects where it cannot be had. */
  async start(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, this.#parts.settings.listen, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    this.#watch = setInterval(() => this.#closeSlow(), watchIntervalMs(this.#parts.settings)).unref();
    return (this.server.address() as AddressInfo).port;
  }

  /** No new mail; mails on their way finish, up to the drain time. */
  async stop(): Promise<void> {
    clearInterval(this.#watch);
    await new Promise<void>((resolve) => {
      this.close(() => resolve());
      for (const connection of this.#open) connection.drain();
    });
    for (const connection of this.#open) connection.destroy();
  }

  /** The library counts those whose handshake is done, and knows no limit per network. */
  override _acceptSocket(socket: Socket, handshake: boolean): (() => void) | false {
    const address = peerAddress(socket);
    const refused = this.#admit(address);
    if (refused) {
      this.#parts.recorder.peerRefused('smtp', address, 'serverBusy');
      if (handshake) socket.destroy();
      else this.#turnAway(socket, refused);
      return false;
    }
    const leave = once(() => this.#leave(address));
    this.#leaveBySocket.set(socket, leave);
    socket.once('close', leave);
    if (handshake) this.#limitHandshake(socket);
    return super._acceptSocket(socket, handshake);
  }

  /** Called with the plain socket, also where TLS follows. */
  override _handleProxy(socket: Socket, callback: ProxyCallback): void {
    super._handleProxy(socket, (failure, options) =>
      callback(failure, { ...options!, remoteAddress: peerAddress(socket) }),
    );
  }

  /** From here on a peer may close its side and still read; within the handshake that was the end. */
  override onSecure(socket: Socket, _session: SMTPServerSession, callback: Callback): void {
    socket.allowHalfOpen = true;
    callback();
  }

  /** In place of the library's, which makes its own kind of connection. */
  override connect(socket: Socket, options?: SMTPConnectionOptions): void {
    if (socket.destroyed) return;
    const leave = this.#leaveBySocket.get(socket);
    const dialogue = new Dialogue(this.kind, options?.remoteAddress ?? '', this.#parts);
    const connection = new MailConnection(this, socket, options, dialogue, () => {
      this.#open.delete(connection);
      leave?.();
    });
    this.#bySession.set(connection.session, connection);
    this.#open.add(connection);
    this.connections.add(connection);
    connection.on('error', () => {});
    connection.init();
  }

  override onAuth(
    { username = '', password = '', authcid, authzid }: SMTPServerAuthentication,
    session: SMTPServerSession,
    callback: (refused: Error | null | undefined, response?: SMTPServerAuthenticationResponse) => void,
  ): void {
    // RFC 4616 §2: to act as somebody else is not offered.
    if (authzid && authcid && authzid !== authcid) {
      const { code } = refusalReplies.credentialsWrong;
      callback(Object.assign(new Error(replyText(refusalReplies.credentialsWrong)), { responseCode: code }));
      return;
    }
    this.#bySession.get(session)?.authenticate(username, String(password), (refused) => {
      callback(refused, refused ? undefined : { user: username });
    });
  }

  override onMailFrom(address: SMTPServerAddress, session: SMTPServerSession, callback: Callback): void {
    this.#bySession.get(session)?.mail(address, callback);
  }

  override onRcptTo(address: SMTPServerAddress, session: SMTPServerSession, callback: Callback): void {
    this.#bySession.get(session)?.recipient(address, callback);
  }

  #admit(address: string): SmtpReply | null {
    const { connections, settings } = this.#parts;
    const max = this.kind === 'mx' ? settings.maxConnections : settings.maxSubmissionConnections;
    if (!connections.enter(doorOf(this.kind), max)) return wireReplies.tooManyConnections;
    if (connections.enter(subscriberOf(address), settings.maxConnectionsPerAddress)) return null;
    connections.leave(doorOf(this.kind));
    return wireReplies.tooManyFromAddress;
  }

  #limitHandshake(socket: Socket): void {
    const { handshakeTimeoutMs } = this.#parts.settings;
    socket.allowHalfOpen = false;
    setTimeout(() => this._pendingSockets.get(socket)?.destroy(), handshakeTimeoutMs).unref();
  }

  #leave(address: string): void {
    this.#parts.connections.leave(doorOf(this.kind));
    this.#parts.connections.leave(subscriberOf(address));
  }

  /** RFC 2034 §3: a greeting has no enhanced code. */
  #turnAway(socket: Socket, { code, text }: SmtpReply): void {
    socket.on('error', () => {});
    socket.end(`${code} ${this.#parts.settings.hostname} ${text}\r\n`);
    socket.resume();
    setTimeout(() => socket.destroy(), turnAwayMs).unref();
  }

  #closeSlow(): void {
    const nowMs = performance.now();
    for (const connection of this.#open) connection.closeIfTooSlow(nowMs, this.#parts.settings);
  }
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}

function doorOf(kind: ListenerKind): string {
  return kind === 'mx' ? 'mx' : 'submission';
}

function watchIntervalMs({ handshakeTimeoutMs, commandTimeoutMs, dataTimeoutMs }: SmtpSettings): number {
  return Math.min(5000, Math.max(10, Math.min(handshakeTimeoutMs, commandTimeoutMs, dataTimeoutMs) / 4));
}

function optionsOf(kind: ListenerKind, { settings, tls }: ListenerParts): SMTPServerOptions {
  const isMx = kind === 'mx';
  return {
    ...tls,
    name: settings.hostname,
    banner: settings.greetingText,
    heloResponse: '%s',
    secure: kind === 'submissions',
    // A peer that has closed its side after the final dot is still to be answered.
    allowHalfOpen: true,
    // Without a limit SIZE is announced without a number (RFC 1870 §3).
    size: settings.maxMessageOctets || Number.MAX_SAFE_INTEGER,
    hideSize: settings.maxMessageOctets === 0,
    hideENHANCEDSTATUSCODES: false,
    authMethods: ['PLAIN', 'LOGIN'],
    authOptional: isMx,
    // By which channel a password may come is for the dialogue to say.
    allowInsecureAuth: true,
    disabledCommands: isMx ? [...neverOffered, 'AUTH'] : neverOffered,
    maxAllowedUnauthenticatedCommands: maxCommandsBeforeAuth,
    maxRecipients: settings.maxRecipients,
    maxCommandLength: settings.maxCommandOctets,
    socketTimeout: settings.idleTimeoutMs,
    closeTimeout: settings.drainTimeoutMs,
    // Names of peers are not needed, and their servers would be asked before the greeting.
    disableReverseLookup: true,
    // The library would log addresses.
    logger: false,
  };
}
