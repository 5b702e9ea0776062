/** A POP3 command line (RFC 1939 §3): keyword and arguments. Pure. */

export interface Pop3Command {
  /** Upper case. */
  readonly keyword: string;
  /** What stands behind the first space, as written. */
  readonly rest: string;
  /** `rest` at its spaces. */
  readonly args: readonly string[];
}

/** Null for what is not even the form of a command. `line` without its line end, as latin1. */
export function parseCommand(line: string): Pop3Command | null {
  const match = /^([A-Za-z]{3,4})(?: (.*))?$/s.exec(line);
  if (!match || line.includes('\0')) return null;
  const rest = match[2] ?? '';
  return { keyword: match[1]!.toUpperCase(), rest, args: rest.split(' ').filter((part) => part !== '') };
}

/** A message number or a line count; null where it is none. */
export function parseNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** AUTH PLAIN's answer (RFC 4616): authorisation identity, login and password; null where it is malformed. */
export function parsePlain(base64: string): { authorise: string; login: string; password: string } | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return null;
  const parts = Buffer.from(base64, 'base64').toString('utf8').split('\0');
  const [authorise, login, password] = parts;
  if (parts.length !== 3 || !login || !password) return null;
  return { authorise: authorise!, login, password };
}
