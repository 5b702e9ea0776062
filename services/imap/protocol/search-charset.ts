import { isAscii, type OctetString, utf8Text } from './octet-string.ts';
import { SyntaxFailure } from './syntax-failure.ts';

/** Decodes the strings of one SEARCH. */
export type SearchDecoder = (octets: OctetString) => string;

/** The decoder of `CHARSET name` (RFC 9051 §6.4.4); UTF-8 where none is named. */
export function searchDecoder(charset: string | null): SearchDecoder {
  const name = charset?.toLowerCase() ?? 'utf-8';
  if (name === 'us-ascii' || name === 'ascii') return asciiText;
  if (name === 'utf-8') return (octets) => utf8Text(octets) ?? undecodable('UTF-8');
  const decode = decoderOf(name);
  return (octets) => {
    try {
      return decode(Buffer.from(octets, 'latin1'));
    } catch {
      return undecodable(name);
    }
  };
}

function decoderOf(label: string): (octets: Uint8Array) => string {
  try {
    const decoder = new TextDecoder(label, { fatal: true });
    return (octets) => decoder.decode(octets);
  } catch {
    throw new SyntaxFailure('This charset is not known here', 'NO', 'BADCHARSET (US-ASCII UTF-8)');
  }
}

function asciiText(octets: OctetString): string {
  return isAscii(octets) ? octets : undecodable('US-ASCII');
}

function undecodable(charset: string): never {
  throw new SyntaxFailure(`A search string is not ${charset}`);
}
