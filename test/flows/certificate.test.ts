/** A renewed certificate is shown at every door after SIGHUP, without a restart and without disturbing who is connected. */
import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { imapLogin } from '../support/delivered-mail.ts';
import { RealServer, type ServerPorts } from '../support/real-server.ts';
import { Wire } from '../support/wire.ts';

const tlsDoors = ['submissions', 'imaps', 'pop3s', 'https'] as const satisfies readonly (keyof ServerPorts)[];
const files = ['certificate.pem', 'key.pem'];

describe('SIGHUP', { timeout: 600_000 }, () => {
  let server: RealServer;
  let other: RealServer;

  before(async () => {
    // Two servers make two certificates; the second is copied over the first.
    [server, other] = await Promise.all([RealServer.start(['wang']), RealServer.start()]);
  });

  after(async () => {
    await server?.dispose();
    await other?.dispose();
  });

  async function shownAt(port: number): Promise<string> {
    const socket = await new Promise<TLSSocket>((resolve, reject) => {
      const connecting = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () =>
        resolve(connecting),
      );
      connecting.once('error', reject);
    });
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  }

  async function hangUp(said: string): Promise<void> {
    const from = server.output.length;
    process.kill(server.pid, 'SIGHUP');
    while (!server.output.includes(said, from)) await sleep(10);
  }

  test('shows the renewed certificate at every door, also behind STARTTLS', async () => {
    const [old, renewed] = [await shownAt(server.ports.imaps), await shownAt(other.ports.imaps)];
    assert.notEqual(old, renewed);
    const connected = await imapLogin(server, 'wang');
    for (const file of files) await copyFile(join(other.data, 'tls', file), join(server.data, 'tls', file));
    assert.equal(await shownAt(server.ports.imaps), old, 'not before it is asked for');
    await hangUp('the certificate was read anew');
    for (const door of tlsDoors) assert.equal(await shownAt(server.ports[door]), renewed, door);
    const smtp = await Wire.connect(server.ports.smtp);
    await smtp.line();
    smtp.write('EHLO peer.example\r\n');
    while ((await smtp.line())[3] === '-');
    smtp.write('STARTTLS\r\n');
    assert.match(await smtp.line(), /^220 /);
    assert.equal((await smtp.startTls()).fingerprint256, renewed);
    smtp.close();
    await connected.ok('NOOP');
    await connected.logout();
  });

  test('keeps the old one where the new one cannot be read', async () => {
    const configured = await RealServer.prepare({
      MUNIMENT_TLS_CERT: join(server.data, 'tls', 'certificate.pem'),
      MUNIMENT_TLS_KEY: join(server.data, 'tls', 'key.pem'),
    });
    await configured.start();
    const shown = await shownAt(configured.ports.imaps);
    await copyFile(join(server.data, 'server.pid'), join(server.data, 'tls', 'key.pem'));
    process.kill(configured.pid, 'SIGHUP');
    while (!configured.output.includes('the certificate stays what it was')) await sleep(10);
    assert.equal(await shownAt(configured.ports.imaps), shown);
    await configured.dispose();
  });
});
