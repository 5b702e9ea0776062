import { utf8Text } from './octet-string.ts';

/** What a client says in SASL PLAIN (RFC 4616 §2). */
export interface PlainCredentials {
  /** Whom the client wants to act for; empty for itself. */
  readonly authorize: string;
  readonly login: string;
  readonly password: string;
}

const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The credentials of a base64 response; null where it is none. */
export function plainCredentials(response: string): PlainCredentials | null {
  if (!base64Pattern.test(response)) return null;
  const text = utf8Text(Buffer.from(response, 'base64').toString('latin1'));
  const fields = text?.split('\0') ?? [];
  if (fields.length !== 3) return null;
  const [authorize, login, password] = fields as [string, string, string];
  return { authorize, login, password };
}
