/** The process's log lines: ids only, never addresses, subjects, passwords or contents. */
import pino from 'pino';

export interface Log {
  info(what: string, ids?: Readonly<Record<string, string | number | boolean | null>>): void;
  warn(what: string, ids?: Readonly<Record<string, string | number | boolean | null>>): void;
  error(what: string, ids?: Readonly<Record<string, string | number | boolean | null>>): void;
  /** Something that no one foresaw: name, message and stack of our own code; never its own properties. */
  fault(what: string, error: unknown): void;
}

export function makeLog(level: string, destination: NodeJS.WritableStream = process.stderr): Log {
  const lines = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return {
    info: (what, ids = {}) => lines.info(ids, what),
    warn: (what, ids = {}) => lines.warn(ids, what),
    error: (what, ids = {}) => lines.error(ids, what),
    fault: (what, error) => lines.error(faultOf(error), what),
  };
}

function faultOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { fault: typeof error };
  const code = (error as NodeJS.ErrnoException).code;
  return {
    fault: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    stack: error.stack,
  };
}
