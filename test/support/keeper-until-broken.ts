/**
 * Appends to a log until the storage breaks; writes down what became of every append, and why it broke.
 * Arguments: the log, and a file for the notes (a pipe would refuse them while its reader is slow).
 */
import { randomUUID } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { newEventId } from '../../services/identifiers.ts';
import { KeeperClient } from '../../services/threads/keeper-client.ts';

const [, , logFile, notesFile] = process.argv as [string, string, string, string];
const notes = openSync(notesFile, 'w');
const say = (line: string) => writeSync(notes, `${line}\n`);

const keeper = await KeeperClient.start({ logFile }, (error) => {
  say(`fatal ${error.name} ${error.message}`);
  setImmediate(() => process.exit(74));
});

async function appendForEver(): Promise<void> {
  for (;;) {
    const id = newEventId();
    await keeper.append(`message-${randomUUID()}`, 'absent', [
      { id, record: Buffer.alloc(3000, 'x'), sealed: null },
    ]);
    say(`written ${id}`);
  }
}

const sayWhy = (error: Error) => say(`open ${error.name}`);
await Promise.all([appendForEver(), appendForEver(), appendForEver()].map((writer) => writer.catch(sayWhy)));
