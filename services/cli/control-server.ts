/** The serving process's end of the control socket. Its folder's rights say who may speak: the owner alone. */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import {
  atWorkEveryMs,
  type ControlReply,
  type ControlRequest,
  controlSocketName,
  LineSplitter,
  maxRequestOctets,
  pingRequest,
} from './control-protocol.ts';
import type { House } from './house.ts';
import { performVerb } from './perform.ts';

export interface ControlServer {
  close(): Promise<void>;
}

/** `sayEveryMs`: so often whoever waits is told that their verb is at work. */
export async function startControlServer(
  dataFolder: string,
  house: House,
  sayEveryMs = atWorkEveryMs,
): Promise<ControlServer> {
  const path = join(dataFolder, controlSocketName);
  // The exclusive lock is ours: a socket that is still there belongs to a process that has ended.
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, house, sayEveryMs);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.end();
      }),
  };
}

function serve(socket: Socket, house: House, sayEveryMs: number): void {
  const splitter = new LineSplitter(maxRequestOctets);
  socket.on('data', (octets) => {
    try {
      for (const line of splitter.push(octets)) void answer(socket, house, line, sayEveryMs);
    } catch {
      socket.destroy();
    }
  });
}

const pong: ControlReply = { kind: 'answer', json: null, text: '', exitCode: 0, file: null };

async function answer(socket: Socket, house: House, line: string, sayEveryMs: number): Promise<void> {
  const send = (reply: ControlReply): void =>
    void (socket.writable && socket.write(`${JSON.stringify(reply)}\n`));
  const atWork = setInterval(() => send({ kind: 'atWork' }), sayEveryMs);
  try {
    const { verb, request } = JSON.parse(line) as ControlRequest;
    if (verb === pingRequest.verb) send(pong);
    else
      send(
        await performVerb(house, verb, request, (done, total, what) =>
          send({ kind: 'progress', done, total, what }),
        ),
      );
  } catch {
    send({ kind: 'failure', text: 'The request could not be read.', expected: false });
  }
  clearInterval(atWork);
  socket.end();
}
