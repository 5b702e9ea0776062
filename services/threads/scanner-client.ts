import { Worker } from 'node:worker_threads';
import type { Scan, ScannedMail, Scanner, ScanWishes } from '../blob-store/scanner-port.ts';
import { StorageFull } from '../event-store/event-store.ts';
import { type CarriedError, CoreError } from './keeper-protocol.ts';
import { StagingBuffers } from './scanner-buffers.ts';
import { ScanJob, type ScanOptions } from './scanner-core.ts';
import type { ScanAnswer, ScanCommand, ScannerReply } from './scanner-protocol.ts';
import { RemoteScan } from './scanner-remote-scan.ts';
import { ThreadLoad } from './thread-load.ts';

/** Called when the scanner's thread has died. No mail can be taken in any more. */
export type OnScannerFatal = (error: Error) => void;

/** The main thread's side of the scanner. Commands of one turn of the event loop leave in one message. */
export class ScannerClient implements Scanner {
  readonly #worker: Worker;
  readonly #options: ScanOptions;
  readonly #load = new ThreadLoad();
  readonly #onFatal: OnScannerFatal;
  readonly #scans = new Map<number, RemoteScan>();
  readonly #buffers = new StagingBuffers();
  #lastScan = 0;
  #commands: ScanCommand[] = [];
  #flushIsDue = false;
  #state: 'open' | 'closing' | 'ended' = 'open';
  #settleClose: (() => void) | null = null;
  readonly #started = Promise.withResolvers<void>();

  constructor(options: ScanOptions, onFatal: OnScannerFatal) {
    this.#onFatal = onFatal;
    this.#options = options;
    this.#worker = new Worker(new URL('./scanner.ts', import.meta.url), {
      workerData: options,
      name: 'scanner',
    });
    this.#started.promise.catch(() => {}); // not everybody waits for it
    this.#worker.on('message', (reply: ScannerReply) => this.#receive(reply));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('the scanner thread has ended')));
  }

  /** Resolves when the thread works; rejects where it cannot. Mails may be written before: they wait. */
  get ready(): Promise<void> {
    return this.#started.promise;
  }

  begin(wishes?: ScanWishes): Scan {
    const number = ++this.#lastScan;
    const owner = {
      send: (command: ScanCommand) => this.#send(command),
      ended: () => this.#scans.delete(number),
      // Who comes alone to a thread that has time is not sent on (docs/decisions/0039).
      hasTime: () => this.#scans.size === 1 && !this.#load.isHigh(),
      jobHere: (wished: ScanWishes | undefined) => new ScanJob(this.#options, wished),
    };
    const scan = new RemoteScan(number, this.#buffers, owner, wishes);
    if (this.#state === 'open') this.#scans.set(number, scan);
    else scan.fail(new Error('the scanner is closed'));
    return scan;
  }

  async scanWhole(octets: Uint8Array): Promise<ScannedMail> {
    const scan = this.begin();
    const step = 256 * 1024;
    for (let at = 0; at < octets.length; at += step) await scan.write(octets.subarray(at, at + step));
    return scan.finish();
  }

  /** Mails that are under way are dropped. */
  async close(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    await new Promise<void>((resolve) => {
      this.#settleClose = resolve;
      this.#flush();
    });
  }

  #send(command: ScanCommand): void {
    this.#commands.push(command);
    if (this.#flushIsDue) return;
    this.#flushIsDue = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#flushIsDue = false;
    const commands = this.#commands;
    const close = this.#state === 'closing';
    if (this.#state === 'ended' || (commands.length === 0 && !close)) return;
    this.#commands = [];
    const parts = commands.flatMap((command) => (command.ask === 'take' ? command.parts : []));
    const transfer = parts.map((part) => part.buffer as ArrayBuffer);
    this.#worker.postMessage({ commands, close }, transfer);
  }

  #receive(reply: ScannerReply): void {
    if (reply.kind === 'ready') this.#started.resolve();
    else if (reply.kind === 'closed') this.#end(new Error('the scanner is closed'));
    else for (const answer of reply.answers) this.#settle(answer);
  }

  #settle(answer: ScanAnswer): void {
    const scan = this.#scans.get(answer.scan);
    if ('buffers' in answer) {
      this.#buffers.giveBack(answer.buffers);
      scan?.took(answer.tookOctets);
    } else if ('mail' in answer) scan?.succeed(answer.mail);
    else scan?.fail(reviveError(answer.error));
  }

  #end(error: Error): void {
    if (this.#state === 'ended') return;
    const isExpected = this.#state === 'closing';
    this.#state = 'ended';
    this.#started.reject(error);
    for (const scan of [...this.#scans.values()]) scan.fail(error);
    this.#settleClose?.();
    if (!isExpected) this.#onFatal(error);
  }
}

function reviveError(error: CarriedError): Error {
  return error.name === 'StorageFull' ? new StorageFull(error.message) : new CoreError(error);
}
