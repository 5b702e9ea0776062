/** The command line's end of the control socket. */
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  atWorkEveryMs,
  type ControlReply,
  type ControlRequest,
  controlSocketName,
  LineSplitter,
  pingRequest,
} from './control-protocol.ts';
import { ServerSilent, silentServerText, verbAnswerLimitMs } from './silent-server.ts';
import type { Progress } from './verb.ts';

/** No server listens in this data folder. */
export class NoServer extends Error {
  override readonly name = 'NoServer';
}

const maxReplyOctets = 1024 * 1024 * 1024;

/** A server at work that says nothing for so long has been stopped in the middle of it. */
const silenceLimitMs = 6 * atWorkEveryMs;

/**
 * Sends one request and waits for its end, however long that takes, as long as the server says that it is at work. A
 * server that does not even answer is not given the request: it would carry it out whenever it goes on. Throws
 * `NoServer` and `ServerSilent`.
 */
export async function askServer(
  dataFolder: string,
  request: ControlRequest,
  progress: Progress,
  limitMs = silenceLimitMs,
): Promise<ControlReply> {
  if (!(await pingServer(dataFolder, verbAnswerLimitMs)))
    throw new ServerSilent(`${silentServerText(dataFolder, verbAnswerLimitMs)} Nothing was done.`);
  return converse(dataFolder, request, progress, limitMs);
}

function converse(
  dataFolder: string,
  request: ControlRequest,
  progress: Progress,
  limitMs: number,
): Promise<ControlReply> {
  const socket = connect(join(dataFolder, controlSocketName));
  const splitter = new LineSplitter(maxReplyOctets);
  return new Promise((resolve, reject) => {
    socket.setTimeout(limitMs, () => {
      const unknown = 'Whether this was done is not known: look before you ask again.';
      reject(new ServerSilent(`${silentServerText(dataFolder, limitMs)} ${unknown}`));
      socket.destroy();
    });
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (octets) => {
      for (const line of splitter.push(octets)) {
        const reply = JSON.parse(line) as ControlReply;
        if (reply.kind === 'progress') progress(reply.done, reply.total, reply.what);
        else if (reply.kind !== 'atWork') resolve(reply);
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
