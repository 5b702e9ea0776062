/**
 * A password from the command line, or, so that it stands in no process list and no shell history, from standard
 * input: one line, asked for without echo where a person sits there.
 */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { UsageError } from './verb.ts';

export async function passwordArgument(given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  const password = await readLineUnseen('Password: ');
  if (password === '')
    throw new UsageError('A password is needed: --password P, or one line on standard input.');
  return password;
}

function readLineUnseen(prompt: string): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write(prompt);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: process.stdin,
    output: unseen,
    terminal: process.stdin.isTTY === true,
  });
  return new Promise((resolve) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => {
      if (process.stdin.isTTY) process.stderr.write('\n');
      resolve('');
    });
  });
}
