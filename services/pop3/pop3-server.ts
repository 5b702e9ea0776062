/** The POP3 listeners: plain with STLS, and TLS from the first octet. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { subscriberOf } from '../networks.ts';
import { peerAddress, takeFromProxies } from '../proxied-connections.ts';
import { Pop3Connection } from './connection.ts';
import type { Pop3Settings } from './pop3-settings.ts';
import type { Pop3Parts } from './session.ts';

export interface RunningPop3 {
  readonly ports: { readonly pop3: number | null; readonly pop3s: number | null };
  connections(): number;
  close(): Promise<void>;
}

export async function startPop3(parts: Pop3Parts, settings: Pop3Settings): Promise<RunningPop3> {
  const house = new Connections(parts, settings);
  const plain =
    settings.port === null
      ? null
      : await listen(settings, settings.port, (socket) => house.admit(socket, false));
  const secure =
    settings.tlsPort === null
      ? null
      : await listen(settings, settings.tlsPort, (socket) => house.admit(socket, true));
  return {
    ports: { pop3: portOf(plain), pop3s: portOf(secure) },
    connections: () => house.size,
    close: async () => {
      const closed = [plain, secure].map(
        (server) => server && new Promise((resolve) => server.close(resolve)),
      );
      house.close();
      await Promise.all(closed);
    },
  };
}

/** A peer that is turned away has this long to read why. */
const turnAwayMs = 1000;

class Connections {
  readonly #parts: Pop3Parts;
  readonly #settings: Pop3Settings;
  readonly #open = new Set<Pop3Connection>();
  /** By subscriber. */
  readonly #perAddress = new Map<string, number>();

  constructor(parts: Pop3Parts, settings: Pop3Settings) {
    this.#parts = parts;
    this.#settings = settings;
  }

  get size(): number {
    return this.#open.size;
  }

  admit(plain: Socket, isSecure: boolean): void {
    const { maxConnections, maxConnectionsPerAddress } = this.#settings;
    const peer = peerAddress(plain);
    const address = subscriberOf(peer);
    const socket = isSecure ? withTls(plain, this.#settings) : plain;
    const fromThere = this.#perAddress.get(address) ?? 0;
    if (this.#open.size >= maxConnections || fromThere >= maxConnectionsPerAddress) {
      socket.on('error', () => {});
      socket.end('-ERR [SYS/TEMP] Too many connections; try again later.\r\n');
      socket.resume();
      setTimeout(() => socket.destroy(), turnAwayMs).unref();
      return;
    }
    this.#perAddress.set(address, fromThere + 1);
    const connection = new Pop3Connection(socket, peer, this.#parts, this.#settings, () =>
      this.#leave(connection, address),
    );
    this.#open.add(connection);
  }

  #leave(connection: Pop3Connection, address: string): void {
    if (!this.#open.delete(connection)) return;
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }

  close(): void {
    for (const connection of [...this.#open]) connection.close();
  }
}

function withTls(socket: Socket, { secureContext }: Pop3Settings): TLSSocket {
  return new TLSSocket(socket, { isServer: true, secureContext: secureContext() });
}

function listen(
  { listen: host, proxyProtocolFrom }: Pop3Settings,
  port: number,
  onSocket: (socket: Socket) => void,
): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, onSocket);
  takeFromProxies(server, proxyProtocolFrom);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

function portOf(server: Server | null): number | null {
  return server && (server.address() as AddressInfo).port;
}
