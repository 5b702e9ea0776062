/** A domain signs its mail: keys made, published, taken into use, rotated and ended; a stranger's verifier says yes. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DnsServer } from '../support/dns-server.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { NextHopPeer } from '../support/next-hop.ts';
import { isInstalled, runWell } from '../support/programs.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

interface DkimRecord {
  readonly name: string;
  readonly text: string;
  readonly isPublished: boolean | null;
}
interface KeySet {
  readonly selector: string;
  readonly status: string;
  readonly records: readonly DkimRecord[];
}

/** dkimpy, with the records of our own DNS: the result of every signature of the mail on standard input. */
const verifier = `
import dkim, json, sys
zone = json.loads(sys.argv[1])
def txt(name, timeout=5):
    name = name.decode() if isinstance(name, bytes) else name
    text = zone.get(name.rstrip('.').lower())
    return text.encode() if text else None
mail = sys.stdin.buffer.read()
count = sum(1 for line in mail.split(b'\\r\\n\\r\\n')[0].split(b'\\r\\n') if line.lower().startswith(b'dkim-signature:'))
def holds(i):
    try:
        return dkim.DKIM(mail).verify(idx=i, dnsfunc=txt)
    except dkim.ValidationError:
        return False
print(json.dumps([holds(i) for i in range(count)]))
`;
const python = '/usr/bin/python3';
const evidence = fileURLToPath(new URL('../../services/ledger/verify.py', import.meta.url));
const dkimpy = isInstalled('dkimverify') ? false : 'not installed: dkimverify (python3-dkim, python3-nacl)';

const mailOf = (subject: string, text = '合同  正文 \r\n.dot\r\n\r\n\r\n') =>
  Buffer.from(
    `From: 王 <${addressOf('wang')}>\r\nTo: <a@out.example>\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@acme.example>\r\n\r\n${text}`,
  );

flowOnEveryLog('a domain signs its mail', { timeout: 300_000 }, (openLog) => {
  let peer: NextHopPeer;
  let dns: DnsServer;
  let server: RealServer;

  before(async () => {
    peer = await NextHopPeer.start();
    dns = await DnsServer.start({
      'out.example': { mx: [[10, 'mx.out.example']] },
      'two.example': { mx: [[10, 'mx.out.example']] },
      'mx.out.example': { a: ['127.0.0.1'] },
    });
    server = await RealServer.start(
      ['wang'],
      {
        MUNIMENT_DNS_SERVERS: dns.address,
        MUNIMENT_DELIVERY_PORT: String(peer.port),
        MUNIMENT_DELIVERY_RETRY_MS: '200',
      },
      await openLog(),
    );
  });

  after(async () => {
    await server.dispose();
    await peer.close();
    await dns.close();
  });

  async function sent(subject: string, octets = mailOf(subject), to = ['a@out.example']): Promise<Buffer> {
    const count = peer.taken.length;
    const client = await SmtpClient.connect(server.ports.submission);
    await client.login(addressOf('wang'), passwordOf('wang'));
    assert.match(await client.send(addressOf('wang'), to, octets), /^250 /);
    await client.quit();
    await peer.until(count + 1);
    return peer.taken.at(-1)!.octets;
  }

  const dkim = async <T>(...args: string[]): Promise<T> =>
    JSON.parse((await server.verb('domain', 'dkim', ...args, '--json')).stdout) as T;
  const publish = (records: readonly DkimRecord[]): void => {
    for (const { name, text } of records) dns.zone[name] = { txt: [text] };
  };
  const verified = async (mail: Buffer): Promise<boolean[]> => {
    const texts = Object.entries(dns.zone).flatMap(([name, { txt }]) => (txt ? [[name, txt[0]]] : []));
    const zone = JSON.stringify(Object.fromEntries(texts));
    return JSON.parse(await runWell(python, ['-c', verifier, zone], { input: mail })) as boolean[];
  };
  const selectorsOf = (mail: Buffer): string[] =>
    [...mail.toString().matchAll(/^DKIM-Signature:[\s\S]*?\bs=([^;]+);/gm)].map(([, selector]) => selector!);

  test('nothing is signed before the keys are published', async () => {
    const { code, stdout } = await server.verb('domain', 'dkim', 'add', 'acme.example');
    assert.equal(code, 0);
    assert.match(stdout, /^Name {3}m\d{8}-rsa\._domainkey\.acme\.example$/m);
    assert.match(stdout, /^Value {2}v=DKIM1; k=ed25519; p=[A-Za-z0-9+/]{43}=$/m);
    assert.match(stdout, /IN TXT \( "v=DKIM1; k=rsa; p=[^"]{230,240}" "[^"]+" \)$/m);
    assert.deepEqual(selectorsOf(await sent('unsigned')), []);
    assert.equal((await server.verb('domain', 'dkim', 'check', 'acme.example')).code, 1);
    assert.match((await server.verb('domain', 'dkim', 'add', 'acme.example')).stderr, /wait/);
  });

  test('published, they sign: both algorithms, as a stranger verifies', { skip: dkimpy }, async () => {
    const [waiting] = await dkim<KeySet[]>('list', 'acme.example');
    publish(waiting!.records);
    const [set] = await dkim<KeySet[]>('check', 'acme.example');
    assert.deepEqual(
      [set!.status, set!.records.map(({ isPublished }) => isPublished)],
      ['signing', [true, true]],
    );
    const mail = await sent('signed');
    assert.deepEqual(selectorsOf(mail), [`${set!.selector}-rsa`, `${set!.selector}-ed25519`]);
    assert.deepEqual(await verified(mail), [true, true]);
    const altered = Buffer.from(mail.toString().replace('正文', '副本'));
    assert.deepEqual(await verified(altered), [false, false]);
  });

  test('what left is recorded with its digest, once, however many places it goes to', async () => {
    const mail = await sent('digest', mailOf('digest'), ['a@out.example', 'b@two.example']);
    await peer.until(() => peer.subjects.filter((subject) => subject === 'digest').length === 2);
    const copies = peer.taken.filter(({ octets }) => octets.includes('Subject: digest'));
    assert.deepEqual(copies[0]!.octets, copies[1]!.octets);
    const id = /\bid ([0-9a-f-]{36});/.exec(mail.toString())![1]!;
    const events = (await server.facts()).filter(({ stream }) => stream === `message-${id}`);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['MessageAccepted', 'RecipientsResolved', 'MailSigned'],
    );
    assert.equal(events[2]!.data['octets'], mail.length);
    const proof = join(server.data, 'proof.zip');
    await server.muniment('prove', id, '-o', proof);
    const personal = await runWell('unzip', ['-p', proof, 'personal/*']);
    assert.ok(personal.includes(createHash('sha256').update(mail).digest('hex')));
    assert.match(
      await runWell('python3', [evidence, proof]),
      /what left for elsewhere is that mail, .* signatures of acme\.example/,
    );
  });

  test('a mail of many octets is signed and sent', { skip: dkimpy }, async () => {
    const line = `${'合同 '.repeat(18)}\r\n`;
    const mail = await sent('large', mailOf('large', line.repeat(40_000)));
    assert.ok(mail.length > 4_000_000);
    assert.deepEqual(await verified(mail), [true, true]);
  });

  test('mail without From leaves as it is', async () => {
    assert.deepEqual(selectorsOf(await sent('no From', Buffer.from('Subject: no From\r\n\r\nbody\r\n'))), []);
  });

  test('rotation: the new keys wait, then sign; the old ones are kept until their day', {
    skip: dkimpy,
  }, async () => {
    const next = await dkim<{ selector: string; records: DkimRecord[] }>('rotate', 'acme.example');
    const [old] = await dkim<KeySet[]>('list', 'acme.example');
    assert.deepEqual(selectorsOf(await sent('before')), [`${old!.selector}-rsa`, `${old!.selector}-ed25519`]);
    await server.muniment('domain', 'dkim', 'switch', 'acme.example');
    publish(next.records);
    const mail = await sent('behind');
    assert.deepEqual(selectorsOf(mail), [`${next.selector}-rsa`, `${next.selector}-ed25519`]);
    assert.deepEqual(await verified(mail), [true, true]);
    const statuses = (await dkim<KeySet[]>('list', 'acme.example')).map(({ status }) => status);
    assert.deepEqual(statuses, ['retired', 'signing']);
    await server.muniment('domain', 'dkim', 'remove', 'acme.example', old!.selector);
  });

  test('they survive a restart, and their private parts stand nowhere in clear', {
    skip: dkimpy,
  }, async () => {
    await server.stop();
    await server.start();
    assert.deepEqual(await verified(await sent('restarted')), [true, true]);
    assert.equal((await server.verb('verify')).code, 0);
    assert.doesNotMatch(server.output, /PRIVATE KEY/);
    // How PKCS #8 of both keys begins, as octets and in base64.
    const heads = ['302e020100300506032b6570', '06092a864886f70d0101010500048204'];
    const pkcs8Heads = heads.map((head) => Buffer.from(head, 'hex'));
    for (const name of readdirSync(server.data, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(sqlite|sqlite-wal|vol)$/.test(name)) continue;
      const octets = readFileSync(join(server.data, name));
      for (const head of pkcs8Heads) {
        assert.ok(!octets.includes(head), name);
        assert.ok(!octets.includes(head.toString('base64').slice(0, 20)), name);
      }
    }
  });

  test('without keys the domain signs no more', async () => {
    const [, set] = await dkim<KeySet[]>('list', 'acme.example');
    await server.muniment('domain', 'dkim', 'remove', 'acme.example', set!.selector);
    assert.deepEqual(selectorsOf(await sent('ended')), []);
  });
});
