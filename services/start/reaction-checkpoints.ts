/** Where reactions stand, in a file of the data folder. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openDatabase } from '../memory/databases.ts';
import type { ReactionCheckpoints } from '../workflows/reaction-runner.ts';

export class FileReactionCheckpoints implements ReactionCheckpoints {
  readonly #database: DatabaseSync;
  readonly #select: StatementSync;
  readonly #upsert: StatementSync;

  constructor(file: string) {
    this.#database = openDatabase(file);
    this.#database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE IF NOT EXISTS reactions (name TEXT PRIMARY KEY, position INTEGER)',
    );
    this.#select = this.#database.prepare('SELECT position FROM reactions WHERE name = ?');
    this.#upsert = this.#database.prepare('INSERT OR REPLACE INTO reactions VALUES (?, ?)');
  }

  get(reaction: string): number {
    return (this.#select.get(reaction)?.['position'] as number | undefined) ?? -1;
  }

  set(reaction: string, position: number): void {
    this.#upsert.run(reaction, position);
  }

  close(): void {
    this.#database.close();
  }
}
