/**
 * Connections that trusted proxies hand on: they begin with a header that says whose they are (`proxy-header.ts`). From
 * a proxy nothing else is taken; from everybody else a header is not believed, but what that peer says first.
 */
import type { Server, Socket } from 'node:net';
import { plainAddress } from './networks.ts';
import { NetworksList } from './networks-list.ts';
import { proxyHeader } from './proxy-header.ts';

/** A proxy says it at once. */
const headerLimitMs = 5000;

const told = new WeakMap<Socket, string>();

/** IP address of the peer, behind whatever proxy; of a plain socket, since one with TLS knows the proxy alone. */
export function peerAddress(socket: Socket): string {
  return told.get(socket) ?? plainAddress(socket.remoteAddress ?? '');
}

/** Who is told of connections hears of those of `proxies` when their header has come. Throws a `RangeError` that names what is no network. */
export function takeFromProxies(server: Server, proxies: readonly string[]): void {
  if (proxies.length === 0) return;
  const trusted = new NetworksList(proxies);
  const takers = server.listeners('connection') as ((socket: Socket) => void)[];
  const handOn = (socket: Socket): void => {
    for (const take of takers) take.call(server, socket);
  };
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    if (trusted.includes(socket.remoteAddress)) readHeader(socket, handOn);
    else handOn(socket);
  });
}

function readHeader(socket: Socket, handOn: (socket: Socket) => void): void {
  let octets: Buffer = Buffer.alloc(0);
  const refuse = (): void => void socket.destroy();
  const read = (): void => {
    for (let chunk = socket.read() as Buffer | null; chunk; chunk = socket.read() as Buffer | null)
      octets = Buffer.concat([octets, chunk]);
    const header = proxyHeader(octets);
    if (header.kind === 'more') return;
    if (header.kind === 'none') return refuse();
    stop();
    if (header.address !== null) told.set(socket, plainAddress(header.address));
    socket.unshift(octets.subarray(header.octets));
    handOn(socket);
  };
  const stop = (): void => {
    clearTimeout(timer);
    socket.off('readable', read).off('end', refuse).off('close', stop).off('error', refuse);
  };
  const timer = setTimeout(refuse, headerLimitMs);
  socket.on('readable', read).on('end', refuse).on('close', stop).on('error', refuse);
}
