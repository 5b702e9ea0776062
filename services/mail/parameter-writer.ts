/** Parameters of Content-Type and Content-Disposition as they are written: RFC 2045 §5.1, RFC 2231 where that cannot say it. Pure. */

const maxPlainCharacters = 60;

/** Chunks for a field: `name=value`, or its continuations. */
export function parameterChunks(name: string, value: string): string[] {
  if (/^[\w.+-]{1,60}$/.test(value)) return [`${name}=${value}`];
  if (/^[\x20-\x7e]*$/.test(value) && value.length <= maxPlainCharacters)
    return [`${name}="${value.replace(/["\\]/g, '\\$&')}"`];
  const pieces = percentPieces(value);
  if (pieces.length === 1) return [`${name}*=utf-8''${pieces[0]}`];
  return pieces.map((piece, i) => `${name}*${i}*=${i === 0 ? "utf-8''" : ''}${piece}`);
}

/** Percent-encoded, in pieces that cut no character in two. */
function percentPieces(value: string): string[] {
  const pieces: string[] = [''];
  for (const character of value.toWellFormed()) {
    const encoded = /^[A-Za-z0-9._-]$/.test(character) ? character : percentEncoded(character);
    if (pieces.at(-1)!.length + encoded.length > maxPlainCharacters - 12) pieces.push('');
    pieces[pieces.length - 1] += encoded;
  }
  return pieces;
}

function percentEncoded(character: string): string {
  return Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '%$&');
}
