/**
 * How many connections HTTP holds: over both listeners together and of one subscriber, counted as they come, before a
 * handshake costs anything.
 */
import type { Server, Socket } from 'node:net';
import { Concurrency } from '../concurrency.ts';
import { subscriberOf } from '../networks.ts';
import { NetworksList } from '../networks-list.ts';

export interface ConnectionLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** Networks of which each connection counts in the sum alone: behind a reverse proxy stands everybody. */
  readonly notCountedPerAddress: readonly string[];
}

const all = 'all';

export class ConnectionPlaces {
  readonly #limits: ConnectionLimits;
  readonly #proxies: NetworksList;
  readonly #open = new Concurrency();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
    this.#proxies = new NetworksList(limits.notCountedPerAddress);
  }

  /** From now on a connection of this server that is one too many is closed without a word. */
  guard(server: Server): void {
    const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      if (!this.#enter(socket)) socket.destroy();
      else for (const listener of listeners) listener.call(server, socket);
    });
  }

  #enter(socket: Socket): boolean {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    const peer = socket.remoteAddress ?? '';
    const subscriber = this.#proxies.includes(peer) ? null : subscriberOf(peer);
    if (!this.#open.enter(all, maxConnections)) return false;
    if (subscriber !== null && !this.#open.enter(subscriber, maxConnectionsPerAddress)) {
      this.#open.leave(all);
      return false;
    }
    socket.once('close', () => {
      this.#open.leave(all);
      if (subscriber !== null) this.#open.leave(subscriber);
    });
    return true;
  }
}
