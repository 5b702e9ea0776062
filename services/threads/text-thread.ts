/** The reader of texts: the thread that opens other people's documents. Entry of a worker; `text-client.ts` starts it. */
import { parentPort } from 'node:worker_threads';
import { readTexts } from './text-core.ts';
import type { TextReply, TextRequest } from './text-protocol.ts';

const port = parentPort!;

port.on('message', (request: TextRequest) => {
  readTexts(request).then(
    (texts) => port.postMessage(texts satisfies TextReply),
    () => port.postMessage(null satisfies TextReply),
  );
});
