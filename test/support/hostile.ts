/** What tests of bad input share: a server under attack, mails that are meant to hurt, and noise. */
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { Bystander } from './bystander.ts';
import type { OpenLog } from './flow-on-every-log.ts';
import { RealServer } from './real-server.ts';
import { Wire } from './wire.ts';

/** With the accounts `wang`, who is attacked, and `li`, who must not notice. */
export interface AttackedServer {
  readonly server: RealServer;
  readonly bystander: Bystander;
}

/**
 * A server for the tests of the suite that this is called in. Behind each of them the bystander is served as ever, and
 * nothing has gone wrong inside. `prepare` comes before anybody looks.
 */
export function attackedServer(
  openLog: OpenLog,
  prepare: (server: RealServer) => Promise<void> = async () => {},
): AttackedServer {
  let server: RealServer;
  let bystander: Bystander;
  before(async () => {
    server = await RealServer.start(['wang', 'li'], {}, await openLog());
    await prepare(server);
    bystander = await Bystander.at(server, 'li');
    // What a first mail makes the process grow by is nobody's fault.
    await bystander.works();
  });
  afterEach(async () => {
    await bystander.works();
    assert.doesNotMatch(server.output, /"level":(?:50|60)/, 'nothing went wrong inside');
  });
  after(async () => {
    await bystander?.leave();
    await server?.dispose();
  });
  return {
    get server() {
      return server;
    },
    get bystander() {
      return bystander;
    },
  };
}

const noisyConnections = 100;

/** Octets of no meaning on many connections at once; the server greets each, and comes to an end with it. */
export async function makeNoise(port: number, greeting: RegExp): Promise<void> {
  const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256));
  await Promise.all(
    Array.from({ length: noisyConnections }, async (_, i) => {
      const wire = await Wire.connect(port);
      wire.write(noise.subarray(i));
      wire.endInput();
      assert.match(await wire.rest(), greeting);
    }),
  );
}

/** Multiparts, each inside the one before. */
export function nestedMail(depth: number): Buffer {
  const levels = Array.from(
    { length: depth },
    (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
  );
  return Buffer.from(`Subject: nested\r\n${levels.join('')}\r\nat the bottom\r\n`);
}

/** One multipart of so many parts. */
export function wideMail(parts: number): Buffer {
  const part = '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n';
  const head = 'Subject: wide\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n';
  return Buffer.from(`${head}${part.repeat(parts)}--b--\r\n`);
}

export function mailOfHeaders(count: number): Buffer {
  const fields = Array.from({ length: count }, (_, i) => `X-Field-${i}: value of ${i}\r\n`);
  return Buffer.from(`Subject: headers\r\n${fields.join('')}\r\ntext\r\n`);
}
