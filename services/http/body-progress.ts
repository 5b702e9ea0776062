/**
 * How long the body of a request may take: as long as it likes while it comes along. A large upload over a slow line is
 * none of our business; one that stands still, or sends an octet now and then, holds a connection for nothing.
 */
import type { IncomingMessage } from 'node:http';

export interface BodyProgress {
  /** The body is looked at this often, ms; it has to have ended or grown meanwhile. */
  readonly bodyWindowMs: number;
  /** By at least so much. */
  readonly minBodyOctetsPerWindow: number;
}

const tooSlow = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** Ends the connection of a request whose body does not come along. */
export function watchBody(request: IncomingMessage, progress: BodyProgress): void {
  const { headers, socket } = request;
  if (headers['transfer-encoding'] === undefined && !(Number(headers['content-length']) > 0)) return;
  let seen = socket.bytesRead;
  const look = setInterval(() => {
    if (request.complete || socket.destroyed) return clearInterval(look);
    if (socket.bytesRead - seen >= progress.minBodyOctetsPerWindow) seen = socket.bytesRead;
    else socket.end(tooSlow, () => socket.destroy());
  }, progress.bodyWindowMs).unref();
  request.once('close', () => clearInterval(look));
}

/** A client that goes on sending what was refused loses its connection then. */
const lingerMs = 5000;

/** What still comes of a refused body is thrown away for a while, so that the client can read why. */
export function dropRest(request: IncomingMessage): void {
  const end = setTimeout(() => request.socket.destroy(), lingerMs).unref();
  request.once('end', () => clearTimeout(end));
  request.resume();
}
