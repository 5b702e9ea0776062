/**
 * Content transfer encodings undone (RFC 2045 §6), piece by piece in bounded memory: for BINARY (RFC 3516) and for
 * searching bodies. Damage is passed over, as much as can be read comes out.
 */
import { Base64Decoder } from './base64-decoder.ts';
import { QuotedPrintableDecoder } from './quoted-printable-decoder.ts';

export interface TransferDecoder {
  /** What follows from these octets; pieces may be cut anywhere. */
  push(octets: Uint8Array): Uint8Array;
  /** What was held back at the end. */
  finish(): Uint8Array;
}

class IdentityDecoder implements TransferDecoder {
  push(octets: Uint8Array): Uint8Array {
    return octets;
  }
  finish(): Uint8Array {
    return new Uint8Array();
  }
}

/** A decoder for a Content-Transfer-Encoding in lower case; null for one that is unknown (`NO [UNKNOWN-CTE]`). */
export function transferDecoder(encoding: string): TransferDecoder | null {
  switch (encoding) {
    case 'base64':
      return new Base64Decoder();
    case 'quoted-printable':
      return new QuotedPrintableDecoder();
    case '7bit':
    case '8bit':
    case 'binary':
      return new IdentityDecoder();
    default:
      return null;
  }
}
