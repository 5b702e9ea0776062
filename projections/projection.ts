/**
 * What a projection is: a read model that follows from the log alone, in a SQLite file of its own. Its rows and
 * the place up to which it has read are one transaction, so that a kill at any instant leaves both or neither.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { LoggedEvent } from '../services/domain/event.ts';

/** Takes one event into the rows. Throws where the event makes no sense to it (`poison`). */
export type Applier = (event: LoggedEvent) => void;

/** One part of what a projection holds, for comparing it with its rebuild. */
export interface DigestPart {
  readonly name: string;
  /** A SELECT of everything that counts, in an order that the rows alone decide. */
  readonly rows: string;
}

export interface Projection {
  /** Names the file, the metrics and the argument of `muniment rebuild`. */
  readonly name: string;
  /** Raised with every change of tables or meaning: a file of another version is dropped and made anew. */
  readonly version: number;
  /** The tables, as `CREATE TABLE` and `CREATE INDEX`. */
  readonly schema: string;
  /** Event types whose personal part it reads. */
  readonly opens: ReadonlySet<string>;
  interested(event: LoggedEvent): boolean;
  /** Prepares its statements on an open file. */
  applierOn(database: DatabaseSync): Applier;
  readonly digestParts: readonly DigestPart[];
}

/** A projection answers from the file that is current now: a rebuild replaces it. */
export type DatabaseSource = () => DatabaseSync;
