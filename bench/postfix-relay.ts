/**
 * The yardstick for mail that leaves: a private Postfix of Debian's with its own defaults, which takes mail from this
 * machine and sends all of it to one next hop. Wants root.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './bench-server.ts';

const program = '/usr/sbin/postfix';

export class PostfixRelay {
  readonly port: number;
  readonly #folder: string;

  /** Null where it cannot run here. */
  static async start(nextHopPort: number): Promise<PostfixRelay | null> {
    if (!existsSync(program) || process.getuid?.() !== 0) return null;
    const folder = mkdtempSync(join(tmpdir(), 'muniment-bench-postfix-'));
    const port = await freePort();
    chmodSync(folder, 0o755);
    for (const name of ['conf', 'queue', 'data']) mkdirSync(join(folder, name));
    chownSync(join(folder, 'data'), Number(execFileSync('id', ['-u', 'postfix'], { encoding: 'utf8' })), 0);
    writeFileSync(join(folder, 'conf', 'main.cf'), settings(folder, nextHopPort));
    writeFileSync(join(folder, 'conf', 'master.cf'), services(port));
    execFileSync(program, ['-c', join(folder, 'conf'), 'start'], { stdio: 'ignore' });
    return new PostfixRelay(folder, port);
  }

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
  }

  /** Of its master process. */
  get pid(): number {
    return Number(readFileSync(join(this.#folder, 'queue', 'pid', 'master.pid'), 'utf8'));
  }

  stop(): void {
    execFileSync(program, ['-c', join(this.#folder, 'conf'), 'stop'], { stdio: 'ignore' });
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** `in_flow_delay`: otherwise it slows down whoever hands in more than it sends. */
function settings(folder: string, nextHopPort: number): string {
  const lines = {
    compatibility_level: '3.6',
    queue_directory: join(folder, 'queue'),
    data_directory: join(folder, 'data'),
    maillog_file_prefixes: folder,
    maillog_file: join(folder, 'log'),
    myhostname: 'relay.bench.test',
    mydestination: '',
    mynetworks: '127.0.0.0/8',
    relayhost: `[127.0.0.1]:${nextHopPort}`,
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    alias_maps: '',
    alias_database: '',
    message_size_limit: '100000000',
    in_flow_delay: '0',
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}

function services(port: number): string {
  const lines = [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    'pickup unix n - n 60 1 pickup',
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'rewrite unix - - n - - trivial-rewrite',
    'bounce unix - - n - 0 bounce',
    'defer unix - - n - 0 bounce',
    'trace unix - - n - 0 bounce',
    'verify unix - - n - 1 verify',
    'flush unix n - n 1000? 0 flush',
    'proxymap unix - - n - - proxymap',
    'smtp unix - - n - - smtp',
    'relay unix - - n - - smtp',
    'error unix - - n - - error',
    'retry unix - - n - - error',
    'anvil unix - - n - 1 anvil',
    'scache unix - - n - 1 scache',
    'postlog unix-dgram n - n - 1 postlogd',
  ];
  return `${lines.join('\n')}\n`;
}
