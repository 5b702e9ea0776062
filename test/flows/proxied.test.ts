/** Behind a proxy that speaks the PROXY protocol each door knows whom it serves, and from it takes nothing else. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const doors = [
  { door: 'smtp', tls: false },
  { door: 'submission', tls: false },
  { door: 'submissions', tls: true },
  { door: 'imap', tls: false },
  { door: 'imaps', tls: true },
  { door: 'pop3', tls: false },
  { door: 'pop3s', tls: true },
] as const;

const greeting = /^(?:220 |\* OK |\+OK )/;

function byLine(address: string): Buffer {
  return Buffer.from(`PROXY ${address.includes(':') ? 'TCP6' : 'TCP4'} ${address} ${address} 4000 25\r\n`);
}

function byOctets(address: string): Buffer {
  const addresses = address.split('.').map(Number);
  const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
  return Buffer.concat([
    signature,
    Buffer.from([0x21, 0x11, 0, 12, ...addresses, ...addresses, 9, 9, 0, 25]),
  ]);
}

describe('behind a proxy', { timeout: 120_000 }, () => {
  let server: RealServer;
  const open: Socket[] = [];
  before(async () => {
    server = await RealServer.start(['wang'], {
      MUNIMENT_PROXY_PROTOCOL_FROM: '127.0.0.0/8',
      // As many as doctor's to the three doors of SMTP, which count together.
      MUNIMENT_MAX_CONNECTIONS_PER_ADDRESS: '3',
    });
  });
  after(async () => {
    for (const socket of open) socket.destroy();
    await server?.dispose();
  });

  /** What the door says first to a connection that begins so; empty where it ends without a word. */
  async function saidTo(header: Buffer, { door, tls }: (typeof doors)[number]): Promise<string> {
    const plain = connect(server.ports[door], '127.0.0.1').on('error', () => {});
    plain.write(header);
    const socket = tls ? connectTls({ socket: plain, rejectUnauthorized: false }) : plain;
    open.push(plain);
    socket.on('error', () => {});
    return new Promise((resolve) => {
      socket.once('data', (octets) => resolve(String(octets)));
      plain.once('close', () => resolve(''));
    });
  }

  for (const [i, door] of doors.entries()) {
    test(`${door.door} counts whom the proxy names, in either version`, async () => {
      for (let n = 0; n < 3; n++) assert.match(await saidTo(byLine(`192.0.2.${10 + i}`), door), greeting);
      assert.doesNotMatch(await saidTo(byOctets(`192.0.2.${10 + i}`), door), greeting);
      assert.match(await saidTo(byOctets(`192.0.2.${30 + i}`), door), greeting);
    });

    test(`${door.door} counts an IPv6 /64 as one`, async () => {
      for (let n = 0; n < 3; n++) assert.match(await saidTo(byLine(`2001:db8:0:${i}::${n}`), door), greeting);
      assert.doesNotMatch(await saidTo(byLine(`2001:db8:0:${i}::9`), door), greeting);
    });

    test(`${door.door} takes nothing from the proxy that does not say for whom`, async () => {
      assert.equal(await saidTo(Buffer.from('EHLO proxy.example\r\n'), door), '');
    });
  }

  test('a mail is recorded with the address, which is none of this machine', async () => {
    const peer = await SmtpClient.connect(server.ports.smtp, byLine('192.0.2.99'));
    await peer.send(
      'buyer@outside.example',
      ['wang@acme.example'],
      Buffer.from('Subject: proxied\r\n\r\nx\r\n'),
    );
    const traced = JSON.parse(await server.muniment('message', 'trace', '--subject', 'proxied', '--json'));
    assert.equal(traced.peer, '192.0.2.99');
  });

  test('no password without TLS, though the proxy is on this machine', async () => {
    const imap = await saidTo(byLine('192.0.2.98'), doors[3]);
    assert.match(imap, /LOGINDISABLED/);
  });

  test('doctor, who is where the proxy is, is answered by every door', async () => {
    const { code, stdout } = await server.verb('doctor', '--json');
    assert.equal(code, 0, stdout);
  });
});
