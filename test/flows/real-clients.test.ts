/** Real mail programs against the real server: they send, list and collect as at a user's desk. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { deliver, inboxWith, mailWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { missing, runProgram, runWell } from '../support/programs.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';

flowOnEveryLog('real mail programs', {}, (openLog) => {
  let server: RealServer;
  let scratch: string;
  /** PEM file, and SHA-256 with colons. */
  let certificate: string;
  let fingerprint: string;

  before(async () => {
    server = await RealServer.start(
      ['swaks', 'curl', 'msmtp', 'neomutt', 'mpop', 'fetchmail', 'python'],
      {},
      await openLog(),
    );
    scratch = await mkdtemp(join(tmpdir(), 'muniment-clients-'));
    certificate = join(server.data, 'tls', 'certificate.pem');
    fingerprint = new X509Certificate(readFileSync(certificate)).fingerprint256;
  });

  after(async () => {
    await server?.dispose();
    if (scratch) await rm(scratch, { recursive: true });
  });

  async function arrived(name: string, count: number): Promise<string[]> {
    return (await inboxWith(server, name, count)).map((mail) => mail.toString());
  }

  describe('programs that send', () => {
    test('swaks: from outside, in clear and by STARTTLS; submission with AUTH', {
      skip: missing('swaks'),
    }, async () => {
      const { smtp, submission } = server.ports;
      const to = ['--to', addressOf('swaks'), '--body', 'swaks writes'];
      const auth = ['--auth-user', addressOf('swaks'), '--auth-password', passwordOf('swaks')];
      const peer = ['--server', `127.0.0.1:${smtp}`, '--from', 'peer@peer.example'];
      const own = ['--server', `127.0.0.1:${submission}`, '--from', addressOf('swaks'), '-tls'];
      await runWell('swaks', [...peer, ...to, '--h-Subject', 'clear']);
      await runWell('swaks', [...peer, ...to, '--h-Subject', 'encrypted', '-tls']);
      await runWell('swaks', [...own, ...to, '--h-Subject', 'plain', '--auth', 'PLAIN', ...auth]);
      await runWell('swaks', [...own, ...to, '--h-Subject', 'login', '--auth', 'LOGIN', ...auth]);
      const mails = await arrived('swaks', 4);
      const facts = mails.map((mail) => [/Subject: (.*)\r/.exec(mail)![1], /\swith (\w+)\s/.exec(mail)![1]]);
      assert.deepEqual(facts, [
        ['clear', 'ESMTP'],
        ['encrypted', 'ESMTPS'],
        ['plain', 'ESMTPSA'],
        ['login', 'ESMTPSA'],
      ]);
      for (const mail of mails) assert.match(mail, /\r\n\r\nswaks writes\r\n/);
    });

    test('swaks: a wrong password, a foreign sender and relaying are refused', {
      skip: missing('swaks'),
    }, async () => {
      const { smtp, submission } = server.ports;
      const login = ['--auth', 'PLAIN', '--auth-user', addressOf('swaks'), '--auth-password'];
      const own = ['--server', `127.0.0.1:${submission}`, '-tls', '--to', addressOf('swaks'), ...login];
      const wrong = [...own, 'guessed', '--from', addressOf('swaks')];
      const foreign = [...own, passwordOf('swaks'), '--from', addressOf('curl')];
      const relay = ['--server', `127.0.0.1:${smtp}`, '--from', 'a@peer.example', '--to', 'b@peer.example'];
      assert.match((await runProgram('swaks', wrong)).output, /<~\* 535 5\.7\.8/);
      assert.match((await runProgram('swaks', foreign)).output, /<~\* 553 5\.7\.1/);
      assert.match((await runProgram('swaks', relay)).output, /<\*\* 550 5\.7\.1/);
    });

    test('curl: sends in clear and by STARTTLS, and reads by IMAP and POP3', {
      skip: missing('curl'),
    }, async () => {
      const { smtp, submission, imap, pop3 } = server.ports;
      const file = join(scratch, 'curl.eml');
      await writeFile(file, `From: ${addressOf('curl')}\r\nSubject: by curl\r\n\r\ncurl writes\r\n`);
      const mail = ['-sS', '--mail-rcpt', addressOf('curl'), '-T', file, '--mail-from'];
      const user = ['--user', `${addressOf('curl')}:${passwordOf('curl')}`];
      const secure = ['-sS', '--ssl-reqd', '--cacert', certificate, ...user];
      await runWell('curl', [...mail, 'peer@peer.example', `smtp://127.0.0.1:${smtp}`]);
      await runWell('curl', [...secure, ...mail, addressOf('curl'), `smtp://localhost:${submission}`]);
      await arrived('curl', 2);
      const found = await runWell('curl', [...secure, `imap://localhost:${imap}/INBOX?SUBJECT%20curl`]);
      assert.equal(found.trim(), '* SEARCH 1 2');
      for (const url of [`imap://localhost:${imap}/INBOX;UID=1`, `pop3://localhost:${pop3}/2`])
        assert.match(await runWell('curl', [...secure, url]), /\r\n\r\ncurl writes\r\n$/);
    });

    test('msmtp: submission with STARTTLS and AUTH', { skip: missing('msmtp') }, async () => {
      const own = addressOf('msmtp');
      const tls = ['--tls=on', '--tls-starttls=on', `--tls-fingerprint=${fingerprint}`];
      const auth = ['--auth=plain', `--user=${own}`, `--passwordeval=echo ${passwordOf('msmtp')}`];
      const place = ['--host=127.0.0.1', `--port=${server.ports.submission}`];
      const input = `From: ${own}\nSubject: by msmtp\n\nmsmtp writes\n`;
      await runWell('msmtp', [...place, ...tls, ...auth, `--from=${own}`, own], { input });
      const [mail] = await arrived('msmtp', 1);
      assert.match(mail!, /^X-Authenticated-Sender: msmtp@acme\.example\r$/m);
      assert.match(mail!, /\r\n\r\nmsmtp writes\r\n$/);
    });
  });

  describe('programs that collect', () => {
    /** Each line end as the program's mailbox has it. */
    const local = (mail: Buffer): string => mail.toString().replaceAll('\r\n', '\n');

    test('mpop: by POP3 with STLS; a second run brings only what is new', {
      skip: missing('mpop'),
    }, async () => {
      await deliver(server, 'mpop', [mailWith('one'), mailWith('two')]);
      const file = join(scratch, 'mpoprc');
      const maildir = join(scratch, 'mpop');
      for (const folder of ['', 'cur', 'new', 'tmp']) await mkdir(join(maildir, folder));
      const account = `host 127.0.0.1\nport ${server.ports.pop3}\nuser ${addressOf('mpop')}\npassword ${passwordOf('mpop')}`;
      const tls = `tls on\ntls_starttls on\ntls_fingerprint ${fingerprint}`;
      const store = `delivery maildir ${maildir}\nkeep on\nuidls_file ${scratch}/mpop.uidls\nreceived_header off`;
      await writeFile(file, `defaults\n${tls}\naccount a\n${account}\n${store}\n`, { mode: 0o600 });
      const collected = (): string[] =>
        readdirSync(join(maildir, 'new')).map((name) => readFileSync(join(maildir, 'new', name), 'utf8'));
      await runWell('mpop', ['-C', file, 'a']);
      const first = await inboxWith(server, 'mpop', 2);
      assert.deepEqual(collected().sort(), first.map(local).sort());
      await server.stop();
      await server.start();
      await runWell('mpop', ['-C', file, 'a']);
      assert.equal(collected().length, 2);
    });

    test('fetchmail: by POP3 with STLS; what it deletes is gone', {
      skip: missing('fetchmail'),
    }, async () => {
      await deliver(server, 'fetchmail', [mailWith('one'), mailWith('two')]);
      const file = join(scratch, 'fetchmailrc');
      const mails = (await inboxWith(server, 'fetchmail', 2)).map(local);
      const place = `poll localhost service ${server.ports.pop3} protocol pop3`;
      const user = `user ${addressOf('fetchmail')} password ${passwordOf('fetchmail')}`;
      const tls = `sslproto 'TLS1.2+' sslcertck sslcertfile ${certificate}`;
      await writeFile(file, `${place} ${user} fetchall ${tls} mda "cat >> ${scratch}/fetched"`, {
        mode: 0o600,
      });
      const args = [
        '-v',
        '-f',
        file,
        '--pidfile',
        join(scratch, 'fetchmail.pid'),
        '-i',
        join(scratch, 'ids'),
      ];
      const output = await runWell('fetchmail', args, { env: { HOME: scratch } });
      assert.match(output, /POP3> STLS/);
      const fetched = await readFile(join(scratch, 'fetched'), 'utf8');
      for (const mail of mails) assert.ok(fetched.includes(mail.slice(mail.indexOf('Subject:'))), fetched);
      await inboxWith(server, 'fetchmail', 0);
    });

    test('neomutt: lists and copies every message by IMAP with STARTTLS', {
      skip: missing('neomutt', 'script'),
    }, async () => {
      await deliver(server, 'neomutt', [
        mailWith('one'),
        mailWith('=?utf-8?B?5ZCI5ZCM?='),
        mailWith('three'),
      ]);
      const settings = [
        `set imap_user="${addressOf('neomutt')}" imap_pass="${passwordOf('neomutt')}"`,
        `set folder="imap://localhost:${server.ports.imap}/" spoolfile="+INBOX"`,
        `set ssl_starttls=yes ssl_force_tls=yes certificate_file="${certificate}"`,
        'set header_cache="" wait_key=no confirmappend=no confirmcreate=no quit=yes copy=no',
        `push "<tag-pattern>~A<enter><tag-prefix><copy-message><kill-line>${scratch}/copied<enter><exit>"`,
      ];
      await writeFile(join(scratch, 'muttrc'), settings.join('\n'));
      const command = `stty rows 40 cols 120; exec neomutt -F ${scratch}/muttrc -n`;
      const env = { HOME: scratch, TERM: 'xterm', LC_ALL: 'C.UTF-8' };
      const screen = await runWell('script', ['-qec', command, '/dev/null'], { env });
      for (const subject of ['one', '合同', 'three'])
        assert.ok(screen.includes(subject), `${subject} is not listed`);
      const copied = await readFile(join(scratch, 'copied'), 'utf8');
      assert.deepEqual(
        [...copied.matchAll(/^Text of (.*)$/gm)].map((match) => match[1]),
        ['one', '=?utf-8?B?5ZCI5ZCM?=', 'three'],
      );
    });
  });

  describe('libraries and tools', () => {
    test('openssl: STARTTLS of IMAP, POP3 and SMTP with a certificate that names localhost', {
      skip: missing('openssl'),
    }, async () => {
      const { imap, pop3, smtp, submission } = server.ports;
      const [user, password] = [addressOf('python'), passwordOf('python')];
      const doors = [
        [
          'imap',
          imap,
          `a LOGIN ${user} ${password}\r\nb STATUS INBOX (MESSAGES)\r\nc LOGOUT\r\n`,
          /\* STATUS "?INBOX"? \(MESSAGES \d+\)/,
        ],
        ['pop3', pop3, `USER ${user}\r\nPASS ${password}\r\nSTAT\r\nQUIT\r\n`, /\+OK \d+ \d+\r?\n/],
        ['smtp', smtp, 'EHLO peer.example\r\nQUIT\r\n', /250[ -]SIZE/],
        ['smtp', submission, 'EHLO peer.example\r\nQUIT\r\n', /250[ -]AUTH PLAIN LOGIN/],
      ] as const;
      for (const [protocol, port, input, answer] of doors) {
        const trust = ['-CAfile', certificate, '-verify_return_error', '-verify_hostname', 'localhost'];
        const place = ['-connect', `127.0.0.1:${port}`, '-starttls', protocol];
        assert.match(await runWell('openssl', ['s_client', '-quiet', ...place, ...trust], { input }), answer);
      }
    });

    test('Python: smtplib, imaplib and poplib', { skip: missing('python3') }, async () => {
      const { submission, imap, pop3 } = server.ports;
      const program = fileURLToPath(new URL('mail_libraries.py', import.meta.url));
      const args = [submission, imap, pop3, addressOf('python'), passwordOf('python'), certificate];
      assert.deepEqual(JSON.parse(await runWell('python3', [program, ...args.map(String)])), {
        found: '1',
        fetched: 'Subject: appended\r\n\r\nbody\r\n',
        expunged: '1',
        subjects: ['Subject: by smtplib'],
        dotted: true,
        uidls: 1,
      });
    });
  });
});
