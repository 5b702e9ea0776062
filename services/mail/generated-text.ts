/** Pieces of the mails that the server itself writes: the same facts make the same octets. Pure. */

const base64LineCharacters = 76;

/** Each ends in CRLF. */
export function lines(...each: readonly string[]): string {
  return `${each.join('\r\n')}\r\n`;
}

/** Lines of base64 of a text in UTF-8. */
export function base64Lines(text: string): string {
  const encoded = Buffer.from(text).toString('base64');
  return lines(...(encoded.match(new RegExp(`.{1,${base64LineCharacters}}`, 'g')) ?? []));
}

/** RFC 2047 words of at most 75 characters, none of which cuts a character in two; plain text as it is. */
export function encodedText(text: string): string {
  const clean = text.replace(/[\p{Cc}]+/gu, ' ').trim();
  if (/^[\w :.,'()-]{0,60}$/.test(clean)) return clean;
  const words: string[] = [];
  let word = '';
  for (const character of clean) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((each) => `=?utf-8?B?${Buffer.from(each).toString('base64')}?=`).join('\r\n ');
}

/** RFC 5322 §3.3, in UTC. */
export function dateTime(atMs: number): string {
  return new Date(atMs).toUTCString().replace('GMT', '+0000');
}
