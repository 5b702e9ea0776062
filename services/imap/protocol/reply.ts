import type { OctetString } from './octet-string.ts';

/** How a command ended (RFC 9051 §7.1). */
export type ReplyStatus = 'OK' | 'NO' | 'BAD';

/** The last reply to a command: `tag OK [CODE] text`. */
export function taggedReply(
  tag: string,
  status: ReplyStatus,
  text: string,
  code: string | null = null,
): OctetString {
  return `${tag} ${status} ${withCode(text, code)}\r\n`;
}

/** A status that belongs to no command: `* OK [CODE] text`; also greetings and BYE. */
export function untaggedStatus(
  status: ReplyStatus | 'BYE' | 'PREAUTH',
  text: string,
  code: string | null = null,
): OctetString {
  return `* ${status} ${withCode(text, code)}\r\n`;
}

/** `* CAPABILITY …` and everything else that is data. */
export function untaggedData(data: OctetString): OctetString {
  return `* ${data}\r\n`;
}

/** Asks the client to go on (RFC 9051 §7.6). The text is never empty: some clients wait for one. */
export function continuation(text: string): OctetString {
  return `+ ${text}\r\n`;
}

/** The text of a reply is for people; a line end in it would begin another reply. */
function withCode(text: string, code: string | null): string {
  const line = text.replace(/[\r\n\0]+/g, ' ');
  return code === null ? line : `[${code}] ${line}`;
}
