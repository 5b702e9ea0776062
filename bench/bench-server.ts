/** A server of our own in a temporary data folder, with accounts imported from CSV. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const password = 'Bench-Pass-1';
export const accounts = 200;
const command = fileURLToPath(new URL('../bin/muniment', import.meta.url));
const startWithinMs = 60_000;

export interface Ports {
  readonly submission: number;
  readonly smtp: number;
  readonly imap: number;
  readonly pop3: number;
}

export function userOf(n: number): string {
  return `u${String(n).padStart(4, '0')}@bench.test`;
}

export class BenchServer {
  readonly data: string;
  readonly ports: Ports;
  readonly #environment: NodeJS.ProcessEnv;
  #process: ChildProcess | null = null;

  private constructor(data: string, ports: Ports, settings: Readonly<Record<string, string>>) {
    this.data = data;
    this.ports = ports;
    this.#environment = { ...environmentOf(data, ports), ...settings };
  }

  /** Not started yet. `settings`: environment variables beside the usual ones. */
  static async make(
    settings: Readonly<Record<string, string>> = {},
    users: number = accounts,
  ): Promise<BenchServer> {
    const data = mkdtempSync(join(tmpdir(), 'muniment-bench-'));
    const ports = { smtp: 0, submission: 0, imap: 0, pop3: 0 };
    for (const door of ['smtp', 'submission', 'imap', 'pop3'] as const) ports[door] = await freePort();
    const server = new BenchServer(join(data, 'data'), ports, settings);
    server.run('domain', 'add', 'bench.test');
    const file = join(data, 'users.csv');
    const rows = Array.from({ length: users }, (_, i) => `${userOf(i + 1)},${password}`);
    writeFileSync(file, ['address,password', ...rows, ''].join('\n'));
    server.run('account', 'import', file);
    return server;
  }

  get pid(): number {
    return Number(readFileSync(join(this.data, 'server.pid'), 'utf8'));
  }

  /** One verb; what it printed. */
  run(...args: readonly string[]): string {
    return execFileSync(command, args, { env: this.#environment, encoding: 'utf8' });
  }

  async start(): Promise<void> {
    const started = spawn(command, ['serve'], {
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'inherit'],
      // A session of its own, as every server has: Linux shares processors out among sessions (autogroup).
      detached: true,
    });
    process.once('exit', () => started.kill());
    this.#process = started;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the server did not start')), startWithinMs);
      started.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
      started.stdout.on('data', (text: Buffer) => {
        if (!text.includes('Ready.')) return;
        clearTimeout(late);
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = null;
    if (running === null || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    await ended;
  }

  /** Stops, and leaves nothing behind. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(join(this.data, '..'), { recursive: true, force: true });
  }
}

function environmentOf(data: string, { smtp, submission, imap, pop3 }: Ports): NodeJS.ProcessEnv {
  const off = ['SUBMISSIONS', 'IMAPS', 'POP3S', 'HTTP', 'HTTPS'];
  return {
    ...process.env,
    MUNIMENT_DATA: data,
    MUNIMENT_HOSTNAME: 'localhost',
    MUNIMENT_LOG_LEVEL: 'warn',
    MUNIMENT_SMTP_PORT: String(smtp),
    MUNIMENT_SUBMISSION_PORT: String(submission),
    MUNIMENT_IMAP_PORT: String(imap),
    MUNIMENT_POP3_PORT: String(pop3),
    ...Object.fromEntries(off.map((name) => [`MUNIMENT_${name}_PORT`, '0'])),
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
