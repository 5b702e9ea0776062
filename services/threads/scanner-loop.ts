import type { ScannedMail } from '../blob-store/scanner-port.ts';
import { carryError } from './keeper-protocol.ts';
import { ScanJob, type ScanOptions } from './scanner-core.ts';
import type { ScanAnswer, ScanCommand } from './scanner-protocol.ts';

/** Answers leave after so much work, so that a mail is not kept waiting by those behind it in the same message. */
const answerAfterOctets = 256 * 1024;

export type PostAnswers = (answers: ScanAnswer[], transfer: ArrayBuffer[]) => void;

/** The scanner's side of all mails that are under way. */
export class ScannerLoop {
  readonly #options: ScanOptions;
  readonly #post: PostAnswers;
  readonly #jobs = new Map<number, ScanJob>();
  #answers: ScanAnswer[] = [];
  #transfer: ArrayBuffer[] = [];
  #octetsSinceAnswer = 0;

  constructor(options: ScanOptions, post: PostAnswers) {
    this.#options = options;
    this.#post = post;
  }

  run(commands: readonly ScanCommand[]): void {
    for (const command of commands) {
      if (command.ask === 'take') this.#take(command);
      else this.#abort(command.scan);
      if (this.#octetsSinceAnswer >= answerAfterOctets) this.#flush();
    }
    this.#flush();
  }

  /** Whatever is unfinished leaves nothing behind. */
  close(): void {
    for (const scan of [...this.#jobs.keys()]) this.#abort(scan);
  }

  #take({ scan, parts, isLast, wishes }: Extract<ScanCommand, { ask: 'take' }>): void {
    const job = this.#jobs.get(scan) ?? new ScanJob(this.#options, wishes);
    this.#jobs.set(scan, job);
    for (const part of parts) job.write(part);
    const tookOctets = parts.reduce((sum, part) => sum + part.length, 0);
    const buffers = parts.map((part) => part.buffer as ArrayBuffer);
    this.#octetsSinceAnswer += tookOctets;
    this.#transfer.push(...buffers);
    this.#answers.push({ scan, tookOctets, buffers });
    if (isLast) this.#finish(scan, job);
  }

  #finish(scan: number, job: ScanJob): void {
    this.#jobs.delete(scan);
    try {
      const mail = job.finish();
      if (mail instanceof Promise) this.#finishLater(scan, mail);
      else this.#finished(scan, mail);
    } catch (error) {
      this.#answers.push({ scan, error: carryError(error) });
    }
  }

  async #finishLater(scan: number, mail: Promise<ScannedMail>): Promise<void> {
    try {
      this.#finished(scan, await mail);
    } catch (error) {
      this.#answers.push({ scan, error: carryError(error) });
    }
    this.#flush();
  }

  #finished(scan: number, mail: ScannedMail): void {
    const { content } = mail.frame;
    if ('bytes' in content) this.#transfer.push(content.bytes.buffer as ArrayBuffer);
    this.#answers.push({ scan, mail });
  }

  #abort(scan: number): void {
    this.#jobs.get(scan)?.abort();
    this.#jobs.delete(scan);
  }

  #flush(): void {
    this.#octetsSinceAnswer = 0;
    if (this.#answers.length === 0) return;
    this.#post(this.#answers, this.#transfer);
    [this.#answers, this.#transfer] = [[], []];
  }
}
