/** The command line's end of the control socket. */
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  type ControlReply,
  type ControlRequest,
  controlSocketName,
  LineSplitter,
  pingRequest,
} from './control-protocol.ts';
import type { Progress } from './verb.ts';

/** No server listens in this data folder. */
export class NoServer extends Error {
  override readonly name = 'NoServer';
}

const maxReplyOctets = 1024 * 1024 * 1024;

/** Sends one request and waits for its end. Throws `NoServer`. */
export function askServer(
  dataFolder: string,
  request: ControlRequest,
  progress: Progress,
): Promise<ControlReply> {
  const socket = connect(join(dataFolder, controlSocketName));
  const splitter = new LineSplitter(maxReplyOctets);
  return new Promise((resolve, reject) => {
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (octets) => {
      for (const line of splitter.push(octets)) {
        const reply = JSON.parse(line) as ControlReply;
        if (reply.kind === 'progress') progress(reply.done, reply.total, reply.what);
        else resolve(reply);
      }
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      reject(absent.has(error.code ?? '') ? new NoServer() : error),
    );
    socket.on('close', () => reject(new Error('The server went away before it answered; ask again.')));
  });
}

/** Does a server answer its socket within the time? Throws `NoServer`. */
export async function pingServer(dataFolder: string, limitMs: number): Promise<boolean> {
  const socket = connect(join(dataFolder, controlSocketName));
  const timer = setTimeout(() => socket.destroy(), limitMs);
  try {
    return await new Promise<boolean>((resolve, reject) => {
      socket.once('connect', () => socket.write(`${JSON.stringify(pingRequest)}\n`));
      socket.once('data', () => resolve(true));
      socket.once('close', () => resolve(false));
      socket.once('error', (error: NodeJS.ErrnoException) =>
        reject(absent.has(error.code ?? '') ? new NoServer() : error),
      );
    });
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

const absent = new Set(['ENOENT', 'ECONNREFUSED']);
