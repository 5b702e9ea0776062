/**
 * The main thread's side of the reader of texts. Documents are opened by parsers that nobody can promise to end, so they
 * have a thread that can: one that takes too long or too much memory is put an end to, and another one takes its place.
 */
import { Worker } from 'node:worker_threads';
import type { ScannedMail } from '../blob-store/scanner-port.ts';
import type { MailTexts, WantedTexts } from '../mail/mail-texts.ts';
import type { TextReader } from '../rules/text-reader.ts';
import type { TextReply, TextRequest } from './text-protocol.ts';

export interface TextClientOptions {
  /** For one mail. */
  readonly maxReadMs: number;
  readonly maxHeapMebioctets: number;
  /** Told why the texts of a mail could not be read. */
  readonly onTrouble: (problem: string) => void;
}

export const defaultTextLimits = { maxReadMs: 15_000, maxHeapMebioctets: 512 } as const;

/** Mails without attachments never wait behind documents. */
export class TextClient implements TextReader {
  readonly #plain: TextLane;
  readonly #documents: TextLane;

  constructor(options: TextClientOptions) {
    this.#plain = new TextLane(options);
    this.#documents = new TextLane(options);
  }

  read(mail: ScannedMail, wanted: WantedTexts): Promise<MailTexts | null> {
    const lane = mail.facts.attachments.length === 0 ? this.#plain : this.#documents;
    return lane.read(requestFor(mail, wanted));
  }

  async close(): Promise<void> {
    await Promise.all([this.#plain.close(), this.#documents.close()]);
  }
}

/** One thread, which begins with its first mail. */
class TextLane {
  readonly #options: TextClientOptions;
  #worker: Worker | null = null;
  /** One mail after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: TextClientOptions) {
    this.#options = options;
  }

  read(request: TextRequest): Promise<TextReply> {
    const reading = this.#queue.then(() => (this.#isClosed ? null : this.#readOne(request)));
    this.#queue = reading.catch(() => {});
    return reading;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
    await this.#queue;
  }

  #readOne(request: TextRequest): Promise<TextReply> {
    const worker = this.#started();
    return new Promise((resolve) => {
      const settle = (reply: TextReply): void => {
        clearTimeout(timer);
        worker.removeAllListeners();
        worker.on('error', () => {}); // one that dies between two mails is replaced before the next
        worker.on('exit', () => this.#forget(worker));
        resolve(reply);
      };
      const timer = setTimeout(() => {
        this.#options.onTrouble('it took too long');
        void worker.terminate();
      }, this.#options.maxReadMs);
      worker.removeAllListeners();
      worker.on('message', settle);
      worker.on('error', (error) => this.#options.onTrouble(error.name));
      worker.on('exit', () => {
        this.#forget(worker);
        settle(null);
      });
      worker.postMessage(request);
    });
  }

  #started(): Worker {
    this.#worker ??= new Worker(new URL('./text-thread.ts', import.meta.url), {
      name: 'texts',
      resourceLimits: { maxOldGenerationSizeMb: this.#options.maxHeapMebioctets },
    });
    return this.#worker;
  }

  #forget(worker: Worker): void {
    if (this.#worker === worker) this.#worker = null;
  }
}

/** The octets are copied: the frame is still to be kept. */
export function requestFor(
  { frame, frameKey, structure, facts }: ScannedMail,
  wanted: WantedTexts,
): TextRequest {
  return {
    frame: frame.frame,
    content: frame.content,
    frameKey,
    structure,
    attachments: facts.attachments,
    wanted,
  };
}
