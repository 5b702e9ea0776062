/** What is said of a server that takes connections and does not answer: somebody has stopped it, or it hangs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** For a server to say that it is there, when somebody asks just that. */
export const answerLimitMs = 5000;

/** As `answerLimitMs`, before a verb is given to it: one on a slow disk or a busy machine gets its verbs all the same. */
export const verbAnswerLimitMs = 20_000;

/** A verb was not carried out, or nobody knows whether it was; the text says which, and what to do. */
export class ServerSilent extends Error {
  override readonly name = 'ServerSilent';
}

export function silentServerText(data: string, limitMs: number): string {
  const process = servingProcess(data);
  return `Process ${process} runs and does not answer within ${limitMs / 1000} s: if it was stopped (kill -STOP), kill -CONT ${process}; otherwise restart it, and see its log.`;
}

function servingProcess(data: string): string {
  try {
    return readFileSync(join(data, 'server.pid'), 'utf8').trim();
  } catch {
    return '(server.pid is missing)';
  }
}
