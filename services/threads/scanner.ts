/**
 * The scanner: the thread that hashes, scans, compresses and seals mails. Entry of a worker; `scanner-client.ts`
 * starts it with `ScanOptions`.
 */
import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { collectWhenIdle } from './idle-memory.ts';
import type { ScanOptions } from './scanner-core.ts';
import { ScannerLoop } from './scanner-loop.ts';
import type { ScannerReply, ScannerRequest } from './scanner-protocol.ts';

const port = parentPort!;

function post(reply: ScannerReply, transfer: ArrayBuffer[] = []): void {
  port.postMessage(reply, transfer);
}

const loop = new ScannerLoop(workerData as ScanOptions, (answers, transfer) =>
  post({ kind: 'answers', answers }, transfer),
);

port.on('message', ({ commands, close }: ScannerRequest) => {
  loop.run(commands);
  if (!close) return;
  loop.close();
  post({ kind: 'closed' });
  port.close();
});

collectWhenIdle();
post({ kind: 'ready' });
flushCompileCache();
