/** Projections whose events each become a few statements: the common case. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { LoggedEvent } from '../services/domain/event.ts';
import type { DatabaseSource, DigestPart, Projection } from './projection.ts';

/** Runs a statement, prepared at its first use; returns the number of rows it changed. */
export type Write = (sql: string, ...values: SQLInputValue[]) => number;

export type RowApplier = (event: LoggedEvent, write: Write) => void;

export interface TableProjection {
  readonly name: string;
  readonly version: number;
  readonly schema: string;
  /** Event types whose personal part is needed. */
  readonly opens: readonly string[];
  /** By event type; others do not concern it. */
  readonly appliers: Readonly<Record<string, RowApplier>>;
  readonly digestParts: readonly DigestPart[];
}

export function tableProjection(described: TableProjection): Projection {
  const { name, version, schema, digestParts } = described;
  const appliers = new Map(Object.entries(described.appliers));
  return {
    name,
    version,
    schema,
    digestParts,
    opens: new Set(described.opens),
    interested: ({ type }) => appliers.has(type),
    applierOn: (database) => {
      const write = writeOn(database);
      return (event) => appliers.get(event.type)!(event, write);
    },
  };
}

function writeOn(database: DatabaseSync): Write {
  const statements = new Map<string, StatementSync>();
  return (sql, ...values) => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return Number(statement.run(...values).changes);
  };
}

/** A table in the order of its primary key. */
export function tablePart(table: string, key: string): DigestPart {
  return { name: table, rows: `SELECT * FROM ${table} ORDER BY ${key}` };
}

/** Rows of a query; the names of its columns are the members of `T`. */
export function rowsOf<T>(source: DatabaseSource, sql: string, ...values: SQLInputValue[]): T[] {
  return source()
    .prepare(sql)
    .all(...values)
    .map((row) => ({ ...row }) as T);
}

/** The one number that a query answers with. */
export function countOf(source: DatabaseSource, sql: string, ...values: SQLInputValue[]): number {
  const [row] = rowsOf<Record<string, number>>(source, sql, ...values);
  return row === undefined ? 0 : (Object.values(row)[0] ?? 0);
}
