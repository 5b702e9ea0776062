/** A real EventStoreDB in a process of its own, one node on 127.0.0.1 and a fresh folder, which can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './real-server.ts';

const pollMs = 100;

export class EventStoreDBProcess {
  readonly #program: string;
  readonly #folder: string;
  readonly #ports: readonly number[];
  #process: ChildProcess | null = null;

  private constructor(program: string, folder: string, ports: readonly number[]) {
    this.#program = program;
    this.#folder = folder;
    this.#ports = ports;
  }

  /** `program` is the server's own (23.10 or later), which takes its settings from the environment. */
  static async start(program: string): Promise<EventStoreDBProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'muniment-eventstoredb-'));
    const database = new EventStoreDBProcess(program, folder, await freePorts(2));
    await database.start();
    return database;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.#ports[0]}?tls=false`;
  }

  /** Starts it (again) on its folder; resolves when it answers. */
  async start(): Promise<void> {
    const child = spawn(this.#program, [], { env: { ...process.env, ...this.#settings() }, stdio: 'ignore' });
    this.#process = child;
    while (!(await this.#isAlive())) {
      if (child.exitCode !== null) throw new Error(`${this.#program} ended with ${child.exitCode}`);
      await sleep(pollMs);
    }
  }

  /** SIGKILL, as a crash would. */
  async kill(): Promise<void> {
    const child = this.#process!;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #isAlive(): Promise<boolean> {
    const health = `http://127.0.0.1:${this.#ports[0]}/health/live`;
    return fetch(health).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  #settings(): Record<string, string> {
    return {
      EVENTSTORE_INSECURE: 'true',
      EVENTSTORE_NODE_IP: '127.0.0.1',
      EVENTSTORE_NODE_PORT: String(this.#ports[0]),
      EVENTSTORE_REPLICATION_IP: '127.0.0.1',
      EVENTSTORE_REPLICATION_PORT: String(this.#ports[1]),
      EVENTSTORE_DB: join(this.#folder, 'db'),
      EVENTSTORE_LOG: join(this.#folder, 'log'),
      EVENTSTORE_RUN_PROJECTIONS: 'None',
      EVENTSTORE_DISABLE_ADMIN_UI: 'true',
      EVENTSTORE_TELEMETRY_OPTOUT: 'true',
    };
  }
}
