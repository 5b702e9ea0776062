/**
 * A private Postfix as next hop, from Debian's package: its own configuration, queue and port of 127.0.0.1 in a
 * temporary folder. It keeps every mail to `<name>@out.example` for the names it was told in a maildir.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { testCertificate } from '../imap/test-certificate.ts';
import { freePorts } from './real-server.ts';

const run = promisify(execFile);
const program = '/usr/sbin/postfix';
/** Debian's `nobody`: whoever owns the maildirs. */
const keeper = 65_534;

/** Why it cannot run here; false where it can. */
export function withoutPostfix(): string | false {
  if (!existsSync(program)) return 'postfix is not installed';
  return process.getuid?.() === 0 ? false : 'postfix wants to be started by root';
}

export interface PostfixSettings {
  readonly names: readonly string[];
  /** Offers STARTTLS. */
  readonly tls?: boolean;
  /** Recipients that it answers with these words. */
  readonly answers?: Readonly<Record<string, string>>;
  readonly maxOctets?: number;
}

export class Postfix {
  readonly port: number;
  readonly #folder: string;

  static async start(settings: PostfixSettings): Promise<Postfix> {
    const folder = await mkdtemp(join(tmpdir(), 'muniment-postfix-'));
    const [port] = await freePorts(1);
    await chmod(folder, 0o755);
    for (const name of ['conf', 'queue', 'data', 'mail']) await mkdir(join(folder, name));
    const owner = Number((await run('id', ['-u', 'postfix'])).stdout);
    await chown(join(folder, 'data'), owner, 0);
    await chown(join(folder, 'mail'), keeper, keeper);
    await writeFile(join(folder, 'conf', 'key.pem'), testCertificate.key + testCertificate.cert, {
      mode: 0o600,
    });
    await writeFile(join(folder, 'conf', 'main.cf'), mainSettings(folder, settings));
    await writeFile(join(folder, 'conf', 'master.cf'), services(port!));
    await run(program, ['-c', join(folder, 'conf'), 'start']);
    return new Postfix(folder, port!);
  }

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
  }

  /** Octets that lie in somebody's maildir, as soon as there are so many mails; line ends are LF. */
  async mails(name: string, count: number): Promise<Buffer[]> {
    const folder = join(this.#folder, 'mail', name, 'new');
    for (;;) {
      const files = existsSync(folder) ? await readdir(folder) : [];
      if (files.length >= count) return Promise.all(files.map((file) => readFile(join(folder, file))));
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    await run(program, ['-c', join(this.#folder, 'conf'), 'stop']);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function mainSettings(
  folder: string,
  { names, tls = false, answers = {}, maxOctets = 0 }: PostfixSettings,
): string {
  const boxes = [...names, ...Object.keys(answers)].map((name) => `{ ${name}@out.example = ${name}/ }`);
  const access = Object.entries(answers).map(([name, answer]) => `{ ${name}@out.example = ${answer} }`);
  const lines = {
    compatibility_level: '3.6',
    queue_directory: join(folder, 'queue'),
    data_directory: join(folder, 'data'),
    maillog_file_prefixes: folder,
    maillog_file: join(folder, 'log'),
    myhostname: 'mx.out.example',
    mydestination: '',
    mynetworks: '',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    alias_maps: '',
    alias_database: '',
    // Otherwise it adds the fields that a mail lacks, as for its own users.
    local_header_rewrite_clients: '',
    message_size_limit: String(maxOctets),
    virtual_mailbox_domains: 'out.example',
    virtual_mailbox_base: join(folder, 'mail'),
    virtual_mailbox_limit: '0',
    virtual_mailbox_maps: `inline:{ ${boxes.join(' ')} }`,
    virtual_uid_maps: `static:${keeper}`,
    virtual_gid_maps: `static:${keeper}`,
    virtual_minimum_uid: '1',
    smtpd_recipient_restrictions:
      access.length === 0 ? 'permit' : `check_recipient_access inline:{ ${access.join(' ')} }`,
    smtpd_relay_restrictions: 'reject_unauth_destination',
    smtpd_tls_security_level: tls ? 'may' : 'none',
    smtpd_tls_chain_files: tls ? join(folder, 'conf', 'key.pem') : '',
    smtpd_tls_received_header: 'yes',
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}

/** What of Postfix runs: it takes mail and files it. Nothing is sent on. */
function services(port: number): string {
  const lines = [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    'pickup unix n - n 60 1 pickup',
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'tlsmgr unix - - n 1000? 1 tlsmgr',
    'rewrite unix - - n - - trivial-rewrite',
    ...['bounce', 'defer', 'trace'].map((name) => `${name} unix - - n - 0 bounce`),
    'verify unix - - n - 1 verify',
    'flush unix n - n 1000? 0 flush',
    'proxymap unix - - n - - proxymap',
    ...['error', 'retry'].map((name) => `${name} unix - - n - - error`),
    'virtual unix - n n - - virtual',
    'anvil unix - - n - 1 anvil',
    'postlog unix-dgram n - n - 1 postlogd',
  ];
  return `${lines.join('\n')}\n`;
}
