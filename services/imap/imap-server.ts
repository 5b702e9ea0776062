import { createServer, type Server, type Socket } from 'node:net';
import type { Uuid } from '../domain/values.ts';
import { subscriberOf } from '../networks.ts';
import { peerAddress, takeFromProxies } from '../proxied-connections.ts';
import { Connection } from './connection.ts';
import type { ImapServices } from './imap-services.ts';
import { untaggedStatus } from './protocol/reply.ts';
import { Recents } from './recents.ts';
import { type Reply, refused } from './replies.ts';
import { serveSession } from './serve-session.ts';
import { Session } from './session.ts';

/** Where to listen; null leaves a listener out, 0 takes any free port. */
export interface ImapAddresses {
  readonly host: string;
  /** STARTTLS is offered (port 143). */
  readonly port: number | null;
  /** TLS from the first octet (port 993). */
  readonly tlsPort: number | null;
  /** Networks of proxies that say for whom they connect. */
  readonly proxyProtocolFrom?: readonly string[];
}

export interface RunningImap {
  readonly port: number | null;
  readonly tlsPort: number | null;
  /** Open sessions. */
  readonly sessions: number;
  /** Takes no more connections; each session ends once its command is done, or after `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

/** Opens the listeners; rejects where one of them cannot be had, with none left open. */
export async function startImap(
  services: ImapServices,
  { host, port, tlsPort, proxyProtocolFrom = [] }: ImapAddresses,
): Promise<RunningImap> {
  const server = new ImapServer(services, proxyProtocolFrom);
  try {
    const opened = port === null ? null : await server.listen(host, port, false);
    const openedTls = tlsPort === null ? null : await server.listen(host, tlsPort, true);
    return {
      port: opened,
      tlsPort: openedTls,
      get sessions() {
        return server.sessions;
      },
      close: (graceMs) => server.close(graceMs),
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** The IMAP server: any number of listening sockets, and the sessions that came through them. */
class ImapServer {
  readonly #services: ImapServices;
  readonly #proxies: readonly string[];
  readonly #listeners: Server[] = [];
  readonly #recents = new Recents();
  readonly #sessions = new Map<Session, Promise<void>>();
  readonly #perSubscriber = new Counts<string>();
  readonly #perAccount = new Counts<Uuid>();

  constructor(services: ImapServices, proxies: readonly string[]) {
    this.#services = services;
    this.#proxies = proxies;
  }

  /** Resolves with the port that was opened. */
  listen(host: string, port: number, tls: boolean): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket, tls));
    takeFromProxies(server, this.#proxies);
    this.#listeners.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  #accept(socket: Socket, tls: boolean): void {
    const { settings, secureContext } = this.#services;
    const subscriber = subscriberOf(peerAddress(socket));
    const isFull = this.#sessions.size >= settings.maxConnections;
    if (isFull || this.#perSubscriber.of(subscriber) >= settings.maxConnectionsPerAddress) {
      turnAway(socket, tls);
      return;
    }
    const connection = new Connection(socket, settings.idleTimeoutMs);
    if (tls) connection.secureFromNow(secureContext());
    const session = new Session(connection, this.#services, this.#recents, (signedIn) =>
      this.#signedIn(signedIn),
    );
    this.#perSubscriber.add(subscriber, 1);
    const served = this.#serve(session).finally(() => {
      this.#perSubscriber.add(subscriber, -1);
      this.#sessions.delete(session);
    });
    this.#sessions.set(session, served);
  }

  async #serve(session: Session): Promise<void> {
    const { connection } = session;
    const loginTimer = setTimeout(() => {
      if (session.user === null) connection.endWith('idle', 'Too slow to log in');
    }, this.#services.settings.loginTimeoutMs);
    await serveSession(session);
    await connection.closed;
    clearTimeout(loginTimer);
  }

  /** Null where the account may have one more session. */
  #signedIn(session: Session): Reply | null {
    const { account, applicationPassword, maxSessions } = session.owner;
    if (maxSessions > 0 && this.#perAccount.of(account) >= maxSessions) {
      return refused('The account has as many sessions as it may have', 'LIMIT');
    }
    this.#perAccount.add(account, 1);
    const { connection, services } = session;
    const forget = services.signIn.onRevoked(
      account,
      () => {
        connection.endWith('revoked', 'Your access has ended');
      },
      applicationPassword,
    );
    void connection.closed.then(() => {
      forget();
      this.#perAccount.add(account, -1);
    });
    return null;
  }

  async close(graceMs = 5000): Promise<void> {
    for (const listener of this.#listeners) listener.close();
    for (const session of this.#sessions.keys())
      session.connection.endWith('shutdown', 'The server is going down', graceMs);
    await Promise.all(this.#sessions.values());
  }
}

/** A peer that is one too many hears so, where that can be said in the clear. */
function turnAway(socket: Socket, tls: boolean): void {
  socket.on('error', () => {});
  if (tls) socket.destroy();
  else socket.end(untaggedStatus('BYE', 'Too many connections', 'LIMIT'), () => socket.destroy());
}

class Counts<Key> {
  readonly #counts = new Map<Key, number>();

  of(key: Key): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: Key, by: 1 | -1): void {
    const count = this.of(key) + by;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}
