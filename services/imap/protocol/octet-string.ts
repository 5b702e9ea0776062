/**
 * Octets as a string with one character (U+0000 to U+00FF) for each. The grammar is ASCII, so it is read from
 * these; what is text for people is decoded afterwards, when its charset is known.
 */
export type OctetString = string;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function octetStringOf(octets: Uint8Array): OctetString {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
}

/** True when every octet is below 128. */
export function isAscii(octets: OctetString): boolean {
  return !/[\x80-\uffff]/.test(octets);
}

/** The text of UTF-8 octets, or null where they are not UTF-8. */
export function utf8Text(octets: OctetString): string | null {
  if (isAscii(octets)) return octets;
  try {
    return utf8.decode(Buffer.from(octets, 'latin1'));
  } catch {
    return null;
  }
}

/** UTF-8 octets of a text. */
export function utf8Octets(text: string): OctetString {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}
