/** What an authenticator program makes of a secret that is typed into it (RFC 4648 §6). */
export function octetsOfBase32(text: string): Uint8Array {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text.toUpperCase()].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0'));
  return Uint8Array.from(bits.join('').match(/.{8}/g)!, (octet) => Number.parseInt(octet, 2));
}
