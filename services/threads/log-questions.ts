/**
 * Questions of the keeper thread to a log that another engine keeps, and whose client lives on the main thread. The
 * keeper works synchronously: it sleeps until it has its answer. It asks at the start, and once for each new volume.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Uuid } from '../domain/values.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { type FrameLog, frameOf } from './named-frames.ts';

/** The keeper's end; it travels in the worker's data. */
export interface QuestionLine {
  readonly port: MessagePort;
  /** 1 as soon as the answer is in the port. */
  readonly bell: Int32Array<SharedArrayBuffer>;
}

type Question =
  | { readonly ask: 'logId' }
  | { readonly ask: 'lastPosition' }
  | { readonly ask: 'hasMessage'; readonly message: Uuid }
  | { readonly ask: 'framesBehind'; readonly position: number };

type Reply = { readonly answer: unknown } | { readonly failed: string };

const recordsPerRead = 1000;

/** The main thread's side: answers from the store for as long as the process runs. */
export function answerFrom(store: EventStore): QuestionLine {
  const { port1: port, port2 } = new MessageChannel();
  const bell = new Int32Array(new SharedArrayBuffer(4));
  port2.on('message', async (question: Question) => {
    const reply = await answer(store, question).then(
      (answer): Reply => ({ answer }),
      (error: Error): Reply => ({ failed: error.message }),
    );
    port2.postMessage(reply);
    Atomics.store(bell, 0, 1);
    Atomics.notify(bell, 0);
  });
  port2.unref();
  return { port, bell };
}

async function answer(store: EventStore, question: Question): Promise<unknown> {
  if (question.ask === 'lastPosition') return store.head();
  if (question.ask === 'framesBehind') return framesBehind(store, question.position);
  if (question.ask === 'hasMessage') {
    return (await store.readStream(`message-${question.message}`, 0, 1)).length > 0;
  }
  const [first] = await store.readAll(-1, 1);
  if (first === undefined) throw new Error('a frame came before the log was opened');
  return first.stream.slice('ledger-'.length);
}

async function framesBehind(store: EventStore, position: number): Promise<Uuid[]> {
  const frames: Uuid[] = [];
  for (let behind = position; ; ) {
    const page = await store.readAll(behind, recordsPerRead);
    const accepted = page.filter(({ stream, revision }) => stream.startsWith('message-') && revision === 0);
    frames.push(...accepted.flatMap(({ record }) => frameOf(record)));
    const last = page.at(-1);
    if (last === undefined) return frames;
    behind = last.position;
  }
}

/** The keeper's side. Throws where the log can't be read. */
export class AskedLog implements FrameLog {
  readonly #line: QuestionLine;

  constructor(line: QuestionLine) {
    this.#line = line;
  }

  logId(): Uuid {
    return this.#ask({ ask: 'logId' }) as Uuid;
  }

  lastPosition(): number {
    return this.#ask({ ask: 'lastPosition' }) as number;
  }

  hasMessage(message: Uuid): boolean {
    return this.#ask({ ask: 'hasMessage', message }) as boolean;
  }

  framesBehind(position: number): Uuid[] {
    return this.#ask({ ask: 'framesBehind', position }) as Uuid[];
  }

  #ask(question: Question): unknown {
    const { port, bell } = this.#line;
    Atomics.store(bell, 0, 0);
    port.postMessage(question);
    Atomics.wait(bell, 0, 0);
    const reply = receiveMessageOnPort(port)!.message as Reply;
    if ('failed' in reply) throw new Error(`the log can't be read: ${reply.failed}`);
    return reply.answer;
  }
}
