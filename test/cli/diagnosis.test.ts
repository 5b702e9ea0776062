import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { diagnose } from '../../services/cli/diagnosis.ts';
import { complaintOf, type Door } from '../../services/cli/door-check.ts';
import { diagnoseDoors } from '../../services/cli/door-diagnosis.ts';
import { type Config, readConfig } from '../../services/config.ts';

const noPorts = Object.fromEntries(
  ['SMTP', 'SUBMISSION', 'SUBMISSIONS', 'IMAP', 'IMAPS', 'POP3', 'POP3S', 'HTTP', 'HTTPS'].map((name) => [
    `MUNIMENT_${name}_PORT`,
    '0',
  ]),
);

describe('doctor without a server', () => {
  let data: string;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'muniment-doctor-'));
  });
  afterEach(() => rmSync(data, { recursive: true }));

  function config(over: Record<string, string> = {}): Config {
    const environment = { ...noPorts, MUNIMENT_DATA: data, MUNIMENT_MIN_FREE_OCTETS: '0', ...over };
    return readConfig(environment, null);
  }

  async function finding(what: string, over: Record<string, string> = {}): Promise<string> {
    const { state, text } = (await diagnose(config(over))).find((each) => each.what === what)!;
    return `${state}: ${text}`;
  }

  function key(content: string): void {
    mkdirSync(join(data, 'keys'));
    writeFileSync(join(data, 'keys', 'root.key'), content, { mode: 0o600 });
  }

  test('says so', async () => {
    assert.match(await finding('server'), /^warning: No server runs/);
  });

  test('a folder that others can read', async () => {
    assert.match(await finding('data folder'), /^ok/);
    chmodSync(data, 0o755);
    assert.match(await finding('data folder'), /^problem: .* chmod 700 /);
  });

  test('a root key that others can read, that is none, or that is gone', async () => {
    assert.match(await finding('root key'), /^warning: There is none yet/);
    key(`${'0'.repeat(64)}\n`);
    const file = join(data, 'keys', 'root.key');
    assert.match(await finding('root key'), /^warning: .* keep a copy elsewhere/);
    assert.match(await finding('root key', { MUNIMENT_ROOT_KEY_FILE: file }), /^ok/);
    chmodSync(file, 0o640);
    assert.match(await finding('root key'), /^problem: .* chmod 600 /);
    chmodSync(file, 0o600);
    writeFileSync(file, 'another file');
    assert.match(await finding('root key'), /^problem: .* is no root key/);
    rmSync(file);
    writeFileSync(join(data, 'keys', 'keys.sqlite'), '');
    assert.match(await finding('root key'), /^problem: .* put it back/);
  });

  test('a disk without room', async () => {
    assert.match(await finding('disk'), /^ok/);
    const most = String(Number.MAX_SAFE_INTEGER);
    assert.match(await finding('disk', { MUNIMENT_MIN_FREE_OCTETS: most }), /^problem: .* Make room now/);
  });

  test('a clock that stands before the last signed head', async () => {
    assert.match(await finding('clock'), /^ok/);
    const head = join(data, 'ledger', 'HEAD');
    mkdirSync(join(data, 'ledger'));
    writeFileSync(head, '');
    assert.match(await finding('clock'), /^ok/);
    const later = new Date(Date.now() + 3_600_000);
    utimesSync(head, later, later);
    assert.match(await finding('clock'), /^problem: .* before the last signed head .* NTP/);
  });

  test('a certificate that is not there', async () => {
    assert.match(await finding('certificate'), /^warning: .* the first start makes it/);
    const missing = join(data, 'certificate.pem');
    assert.match(await finding('certificate', { MUNIMENT_TLS_CERT: missing }), /^problem: .* does not exist/);
  });

  test('a port that another program has', async () => {
    const { port, close } = await listening(() => {});
    const [what, over] = [`port ${port}`, { MUNIMENT_IMAP_PORT: String(port) }];
    assert.match(await finding(what, over), /^problem: Another program listens where IMAP should.*IMAP_PORT/);
    await close();
    assert.match(await finding(what, over), /^ok: Free for IMAP/);
  });
});

describe('doctor beside a server', () => {
  async function saidOf(variable: string, onSocket: (socket: Socket) => void): Promise<string> {
    const { port, close } = await listening(onSocket);
    const config = readConfig({ ...noPorts, [variable]: String(port) }, null);
    const [{ state, text } = assert.fail()] = await diagnoseDoors(config, 'answers', 300);
    await close();
    return `${state}: ${text}`;
  }

  const cases: readonly [string, string, string | null, RegExp][] = [
    ['a greeting', 'MUNIMENT_SMTP_PORT', '220 mail ESMTP\r\n', /^ok: SMTP answers/],
    ['another word than a greeting', 'MUNIMENT_SMTP_PORT', '421 4.3.2 Go away\r\n', /^problem: .*421 4.3.2/],
    [
      'silence',
      'MUNIMENT_IMAP_PORT',
      null,
      /^problem: IMAP takes connections and says nothing within 0.3 s: restart/,
    ],
    ['silence before TLS', 'MUNIMENT_POP3S_PORT', null, /^problem: POP3S takes connections and says nothing/],
    ['an end without a word', 'MUNIMENT_POP3_PORT', '', /^problem: POP3 closes the connection/],
    ['health', 'MUNIMENT_HTTP_PORT', 'HTTP/1.1 200 OK\r\n\r\n{"state":"ok"}', /^ok: HTTP answers/],
    [
      'illness',
      'MUNIMENT_HTTP_PORT',
      'HTTP/1.1 503 No\r\n\r\n{"state":"red","disk":{"state":"red"},"mail":{"state":"ok"}}',
      /^problem: HTTP answers, but .*: disk\.$/,
    ],
  ];
  for (const [name, variable, answer, expected] of cases) {
    test(name, async () => {
      const say = (socket: Socket) => answer !== null && socket.end(answer);
      assert.match(await saidOf(variable, say), expected);
    });
  }

  test('nobody', async () => {
    const { port, close } = await listening(() => {});
    await close();
    const config = readConfig({ ...noPorts, MUNIMENT_IMAP_PORT: String(port) }, null);
    const [found] = await diagnoseDoors(config, 'answers', 300);
    assert.match(found!.text, /nothing listens for IMAP.*MUNIMENT_IMAP_PORT/);
  });

  test('what is no report of health is repeated in one line', () => {
    const http = { protocol: 'http' } as Door;
    assert.equal(complaintOf(http, 'HTTP/1.1 502 Bad\r\n\r\n<html>{'), 'it says “HTTP/1.1 502 Bad”');
  });
});

async function listening(
  onSocket: (socket: Socket) => void,
): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
