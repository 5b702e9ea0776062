/**
 * The real server in a process of its own, on free ports of 127.0.0.1 and a fresh data folder: what flow tests,
 * fault tests and long runs drive.
 */
import { type ChildProcess, type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type CommandResult, commandHere } from './command-here.ts';
import type { LoggedFact } from './log-facts.ts';
import { embeddedLog, type ServerLog } from './server-log.ts';

const run = promisify(execFile);
const command = fileURLToPath(new URL('../../bin/muniment', import.meta.url));
const compileCache = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));

export interface ServerPorts {
  readonly smtp: number;
  readonly submission: number;
  readonly submissions: number;
  readonly imap: number;
  readonly imaps: number;
  readonly pop3: number;
  readonly pop3s: number;
  readonly http: number;
  readonly https: number;
}

const portVariables: Readonly<Record<keyof ServerPorts, string>> = {
  smtp: 'MUNIMENT_SMTP_PORT',
  submission: 'MUNIMENT_SUBMISSION_PORT',
  submissions: 'MUNIMENT_SUBMISSIONS_PORT',
  imap: 'MUNIMENT_IMAP_PORT',
  imaps: 'MUNIMENT_IMAPS_PORT',
  pop3: 'MUNIMENT_POP3_PORT',
  pop3s: 'MUNIMENT_POP3S_PORT',
  http: 'MUNIMENT_HTTP_PORT',
  https: 'MUNIMENT_HTTPS_PORT',
};

/** Between two verbs that look whether something is there yet: each look is an event, and all who follow the log take it. */
export const lookAgainMs = 200;

/** Longest wait for a start or a stop. */
const patienceMs = 180_000;

/** Where a test's process is made to end, its servers end with it. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class RealServer {
  readonly data: string;
  /** Others where one of the first was taken before the start. */
  ports: ServerPorts;
  /** Everything it has printed since its first start. */
  output = '';
  /** Command that its next start runs it under, for instance `strace` with its options. */
  under: readonly string[] = [];
  /** Of its next start: `--demo`. */
  options: readonly string[] = [];
  readonly #settings: Readonly<Record<string, string>>;
  readonly #base: NodeJS.ProcessEnv;
  readonly #log: ServerLog;
  #process: ChildProcess | null = null;
  #exited: Promise<number | null> = Promise.resolve(0);

  private constructor(
    data: string,
    ports: ServerPorts,
    settings: Readonly<Record<string, string>>,
    log: ServerLog,
  ) {
    this.data = data;
    this.ports = ports;
    this.#log = log;
    this.#settings = settings;
    this.#base = {
      ...withoutSettings(process.env),
      MUNIMENT_DATA: data,
      MUNIMENT_HOSTNAME: 'mail.acme.example',
      MUNIMENT_MIN_FREE_OCTETS: '0',
      // Nobody answers there: what tests send on does not leave this machine.
      MUNIMENT_DNS_SERVERS: '127.0.0.1:9',
      // Compiled once for all starts: a start then costs a third of the time.
      NODE_COMPILE_CACHE: compileCache,
      ...log.settings,
    };
  }

  /** Nothing started; the data folder is a fresh one unless one is given, which then goes with the server. */
  static async prepare(
    settings: Readonly<Record<string, string>> = {},
    dataFolder?: string,
    log: ServerLog = embeddedLog,
  ): Promise<RealServer> {
    const data = dataFolder ?? (await mkdtemp(join(tmpdir(), 'muniment-test-')));
    return new RealServer(data, await freeServerPorts(), settings, log);
  }

  get #environment(): NodeJS.ProcessEnv {
    const ports = Object.entries(portVariables).map(([name, variable]) => [
      variable,
      String(this.ports[name as keyof ServerPorts]),
    ]);
    return { ...this.#base, ...Object.fromEntries(ports), ...this.#settings };
  }

  /** With the domain acme.example and accounts `<name>@acme.example`, password `demo-<Name>-1`. */
  static async start(
    names: readonly string[] = [],
    settings: Readonly<Record<string, string>> = {},
    log: ServerLog = embeddedLog,
  ): Promise<RealServer> {
    const server = await RealServer.prepare(settings, undefined, log);
    try {
      await server.start();
      if (names.length > 0) await server.addAccounts(names);
    } catch (error) {
      // A log that stays open would keep the test's process from ending.
      await server.dispose();
      throw error;
    }
    return server;
  }

  /** Adds the domain acme.example with these accounts. */
  async addAccounts(names: readonly string[]): Promise<void> {
    await this.muniment('domain', 'add', 'acme.example');
    const list = join(this.data, 'accounts.csv');
    const lines = names.map((name) => `${addressOf(name)},${passwordOf(name)}`);
    await writeFile(list, ['address,password', ...lines].join('\n'));
    await this.muniment('account', 'import', list);
    await rm(list);
  }

  get pid(): number {
    return this.#process!.pid!;
  }

  /** Starts it (again) on its data folder; resolves when every listener is open. */
  async start(): Promise<void> {
    try {
      await this.#startOnce();
    } catch (error) {
      // Somebody else may have taken a port since it was found free.
      if (!/Another program listens on port/.test(String(error))) throw error;
      this.ports = await freeServerPorts();
      await this.#startOnce();
    }
  }

  async #startOnce(): Promise<void> {
    const child = this.#spawn();
    this.#process = child;
    running.add(child);
    this.#exited = new Promise((resolve) => child.once('exit', resolve));
    void this.#exited.then(() => running.delete(child));
    const from = this.output.length;
    const ready = new Promise<void>((resolve, reject) => {
      const take = (octets: Buffer): void => {
        this.output += octets.toString();
        if (this.output.includes('Ready.', from)) resolve();
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      void this.#exited.then((code) =>
        reject(new Error(`the server ended with ${code}:\n${this.output.slice(from)}`)),
      );
    });
    await withPatience(ready, () => `the server did not start:\n${this.output.slice(from)}`);
  }

  /** Starts it where it must refuse; its exit code and what it said. */
  async startRefused(): Promise<CommandResult> {
    const child = this.#spawn();
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (octets: Buffer) => {
      stdout += octets;
      if (stdout.includes('Ready.')) child.kill('SIGKILL');
    });
    child.stderr.on('data', (octets: Buffer) => (stderr += octets));
    const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
    return { code: code ?? -1, stdout, stderr };
  }

  #spawn(): ChildProcessByStdio<null, Readable, Readable> {
    const [program, ...args] = [...this.under, command, 'serve', ...this.options];
    return spawn(program!, args, { env: this.#environment, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** SIGTERM, and waits for the end; the exit code. */
  async stop(): Promise<number | null> {
    this.#process?.kill('SIGTERM');
    return withPatience(this.#exited, () => `the server did not stop:\n${this.output.slice(-2000)}`);
  }

  /** SIGKILL, as a crash would. */
  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.#exited;
  }

  /** Resolves with the exit code when it ends by itself. */
  get exited(): Promise<number | null> {
    return this.#exited;
  }

  /** Runs a verb that must succeed; its output. */
  async muniment(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.verb(...args);
    if (code !== 0) throw new Error(`muniment ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  /** Runs a verb, whatever comes of it. */
  async verb(...args: readonly string[]): Promise<CommandResult> {
    return (await commandHere(args, this.#environment)) ?? this.program(...args);
  }

  /** Runs a verb in a process of its own, as a person does. */
  async program(...args: readonly string[]): Promise<CommandResult> {
    try {
      const { stdout, stderr } = await run(command, [...args], {
        env: this.#environment,
        maxBuffer: 256 * 1024 * 1024,
      });
      return { code: 0, stdout, stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout, stderr };
    }
  }

  /** All facts of its log that are durable, in the log's order. */
  facts(): Promise<LoggedFact[]> {
    return this.#log.facts(this.data);
  }

  /** Stops what runs, and removes the data folder and the log. */
  async dispose(): Promise<void> {
    await this.kill();
    await this.#log.close();
    await rm(this.data, { recursive: true, force: true });
  }
}

export function addressOf(name: string): string {
  return `${name}@acme.example`;
}

export function passwordOf(name: string): string {
  return `demo-${name[0]!.toUpperCase()}${name.slice(1)}-1`;
}

function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('MUNIMENT_')));
}

async function freeServerPorts(): Promise<ServerPorts> {
  const names = Object.keys(portVariables);
  const free = await freePorts(names.length);
  return Object.fromEntries(names.map((name, i) => [name, free[i]!])) as unknown as ServerPorts;
}

/** Ports that nobody listens on at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function withPatience<T>(promise: Promise<T>, problem: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(problem())), patienceMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
