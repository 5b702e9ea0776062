/** Base 32 of RFC 4648 §6, lower case and without padding: what people type from one screen into another. */

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
const bitsPerLetter = 5;

export function base32(octets: Uint8Array): string {
  let text = '';
  let [held, heldBits] = [0, 0];
  for (const octet of octets) {
    held = (held << 8) | octet;
    heldBits += 8;
    while (heldBits >= bitsPerLetter) {
      heldBits -= bitsPerLetter;
      text += alphabet[(held >> heldBits) & 31];
    }
    held &= (1 << heldBits) - 1;
  }
  return heldBits === 0 ? text : text + alphabet[(held << (bitsPerLetter - heldBits)) & 31]!;
}

/** In groups of four, as it is easier to copy. */
export function grouped(text: string): string {
  return text.replace(/.{4}(?=.)/g, '$&-');
}

/** What somebody typed, without what only helps the eye. */
export function ungrouped(typed: string): string {
  return typed.replace(/[\s-]/g, '').toLowerCase();
}
