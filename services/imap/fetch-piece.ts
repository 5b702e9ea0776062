import type { OctetString } from './protocol/octet-string.ts';

/** One item of a FETCH reply, ready to go out. */
export type FetchPiece =
  | OctetString
  | { readonly label: OctetString; readonly octets: Uint8Array; readonly binary?: boolean }
  /** Too large for memory: `octets` of them will come. */
  | {
      readonly label: OctetString;
      readonly length: number;
      readonly stream: AsyncIterable<Uint8Array>;
      readonly binary?: boolean;
    };

/** From here on octets are handed through piece by piece. */
export const maxHeldOctets = 256 * 1024;

/** `BODY[TEXT] {12}` before its octets; `~{12}` where they may hold NUL (RFC 9051 §4.3.1). */
export function literalHead(label: OctetString, length: number, binary = false): OctetString {
  return `${label} ${binary ? '~' : ''}{${length}}\r\n`;
}

/** A literal as text, for what is short. */
export function literalText(label: OctetString, content: OctetString): OctetString {
  return literalHead(label, content.length) + content;
}
