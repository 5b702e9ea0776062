import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { askServer } from '../../services/cli/control-client.ts';
import {
  type ControlReply,
  controlSocketName,
  LineSplitter,
  pingRequest,
} from '../../services/cli/control-protocol.ts';
import { startControlServer } from '../../services/cli/control-server.ts';
import type { House } from '../../services/cli/house.ts';
import { ServerSilent } from '../../services/cli/silent-server.ts';

const done: ControlReply = { kind: 'answer', json: null, text: 'done', exitCode: 0, file: null };
const limitMs = 200;

describe('a verb that is carried out by the server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'muniment-control-'));
  let server: Server;
  /** What becomes of a request; a ping is always answered. */
  let carryOut: (say: (reply: ControlReply) => void) => void;

  before(async () => {
    writeFileSync(join(folder, 'server.pid'), '4711\n');
    server = createServer((socket) => serve(socket));
    await new Promise<void>((resolve) => server.listen(join(folder, controlSocketName), resolve));
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  function serve(socket: Socket): void {
    const splitter = new LineSplitter(1000);
    const say = (reply: ControlReply): void => void socket.write(`${JSON.stringify(reply)}\n`);
    socket.on('data', (octets) => {
      for (const line of splitter.push(octets))
        (JSON.parse(line) as { verb: string }).verb === pingRequest.verb ? say(done) : carryOut(say);
    });
  }

  const asked = (): Promise<ControlReply> =>
    askServer(folder, { verb: 'verify', request: null }, () => {}, limitMs);

  test('may take any time while the server says that it is at work', async () => {
    carryOut = (say) => {
      const timer = setInterval(() => say({ kind: 'atWork' }), limitMs / 8);
      setTimeout(() => {
        clearInterval(timer);
        say(done);
      }, limitMs * 4);
    };
    assert.deepEqual(await asked(), done);
  });

  test('is not waited for where the server falls silent in the middle', async () => {
    carryOut = (say) => say({ kind: 'progress', done: 1, total: 2, what: 'records' });
    await assert.rejects(
      asked(),
      (error: Error) =>
        error instanceof ServerSilent &&
        /kill -CONT 4711.*Whether this was done is not known/.test(error.message),
    );
  });
});

test('the server says that it is at work while a verb takes its time', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'muniment-control-'));
  // Recording comes before the verb, and is all that this house can do.
  const recordLook = () =>
    new Promise<void>((_, reject) => setTimeout(() => reject(new Error('so far')), limitMs * 4));
  const house = { recordLook, reportFault: () => {} } as Partial<House> as House;
  const server = await startControlServer(folder, house, limitMs / 8);
  t.after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  const request = { verb: 'message trace', request: { id: '01a20001-6477-7624-8893-c4cedbbb51dd' } };
  const reply = await askServer(folder, request, () => {}, limitMs);
  assert.equal(reply.kind === 'failure' && reply.text, 'This failed: so far');
});
