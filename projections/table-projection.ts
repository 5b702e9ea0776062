/** Projections whose events each become a few statements: the common case. */
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { LoggedEvent } from '../services/domain/event.ts';
import type { DatabaseSource, DigestPart, Projection } from './projection.ts';

/** Runs a statement; returns the number of rows it changed. */
export type Write = (sql: string, ...values: SQLInputValue[]) => number;

/** The first row that a query answers with. */
export type Find = (sql: string, ...values: SQLInputValue[]) => Record<string, SQLOutputValue> | undefined;

export type RowApplier = (event: LoggedEvent, write: Write, find: Find) => void;

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
      const prepared = statementsOn(database);
      const write: Write = (sql, ...values) => Number(prepared(sql).run(...values).changes);
      const find: Find = (sql, ...values) => prepared(sql).get(...values);
      return (event) => appliers.get(event.type)!(event, write, find);
    },
  };
}

/** Each statement is prepared at its first use. */
function statementsOn(database: DatabaseSync): (sql: string) => StatementSync {
  const statements = new Map<string, StatementSync>();
  return (sql) => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
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
