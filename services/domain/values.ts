/** Values that every room shares: identifiers and time-ordered ids. Shapes, not behaviour. */

/** UUID as 36 characters of lower-case text. */
export type Uuid = string;

const hexDigits: readonly number[] = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** Where the two digits of each octet stand in the text. */
const digitPlaces: readonly number[] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
/** The text of one UUID while it is made: put together out of pieces it would be flattened at its first look-up. */
const written: number[] = new Array(36).fill('-'.charCodeAt(0));

/** Text of a UUID from its 16 octets. */
export function uuidText(octets: Uint8Array, offset = 0): Uuid {
  for (let i = 0; i < 16; i++) {
    const octet = octets[offset + i]!;
    const place = digitPlaces[i]!;
    written[place] = hexDigits[octet >> 4]!;
    written[place + 1] = hexDigits[octet & 0x0f]!;
  }
  return String.fromCharCode(...written);
}

/** The 16 octets of a UUID, written into `target` at `offset`. */
export function uuidOctets(uuid: Uuid, target: Uint8Array = new Uint8Array(16), offset = 0): Uint8Array {
  let digit = 0;
  for (let i = 0; i < 36 && digit < 32; i++) {
    const code = uuid.charCodeAt(i);
    if (code === 45) continue;
    const nibble = code <= 57 ? code - 48 : (code | 32) - 87;
    const place = offset + (digit >> 1);
    target[place] = digit & 1 ? target[place]! | nibble : nibble << 4;
    digit++;
  }
  return target;
}

export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * A UUIDv7 (RFC 9562 §5.7) of a time in milliseconds and at least 10 random octets. The caller brings both,
 * so that this stays pure; `services/identifiers.ts` has the ready-made source.
 */
export function uuidV7(atMs: number, random: Uint8Array): Uuid {
  const octets = new Uint8Array(16);
  const high = Math.floor(atMs / 0x1_0000_0000);
  octets[0] = high >> 8;
  octets[1] = high;
  const low = atMs >>> 0;
  octets[2] = low >>> 24;
  octets[3] = low >>> 16;
  octets[4] = low >>> 8;
  octets[5] = low;
  octets.set(random.subarray(0, 10), 6);
  octets[6] = 0x70 | (octets[6]! & 0x0f);
  octets[8] = 0x80 | (octets[8]! & 0x3f);
  return uuidText(octets);
}

/** A UUIDv8 (RFC 9562 §5.8) out of the first 16 octets of a hash: the same text gives the same id, everywhere. */
export function uuidV8(hash: Uint8Array): Uuid {
  const octets = hash.slice(0, 16);
  octets[6] = 0x80 | (octets[6]! & 0x0f);
  octets[8] = 0x80 | (octets[8]! & 0x3f);
  return uuidText(octets);
}
