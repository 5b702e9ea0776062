/**
 * Octets of any charset to Unicode. It never throws: what cannot be decoded becomes U+FFFD. Where a name is
 * missing, unknown or evidently wrong, the octets decide.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { type Encoding, encodingOf } from './charset-names.ts';
import { HzWidener, Iso2022KrWidener, Utf7Widener, type Widener } from './seven-bit-charsets.ts';

/** Decodes a text that comes in pieces, which may cut characters. */
export interface PieceDecoder {
  push(octets: Uint8Array): string;
  finish(): string;
}

/** The text of `octets`. `hint` is a charset to try before guessing, for octets that name none. */
export function decodeText(octets: Uint8Array, charset: string, hint = ''): string {
  const decoder = pieceDecoder(chooseEncoding(octets, charset, hint));
  return decoder.push(octets) + decoder.finish();
}

/** Encodings that a text cannot simply be put into: they have states, or no ASCII. */
const closed: ReadonlySet<Encoding> = new Set([
  'iso-2022-jp',
  'iso-2022-kr',
  'hz',
  'utf-7',
  'utf-16',
  'utf-16le',
  'utf-16be',
]);

/**
 * A text as it can stand among `octets`, which are declared to be `charset`; null where it cannot. Among octets without
 * any above 127 that name no charset, only ASCII can.
 */
export function encodeText(text: string, octets: Uint8Array, charset: string): Buffer | null {
  const encoding = chooseEncoding(octets, charset, '');
  if (/^[\0-\x7f]*$/.test(text)) return closed.has(encoding) ? null : Buffer.from(text, 'latin1');
  if (closed.has(encoding) || (charset === '' && isAscii(octets))) return null;
  // Readers believe the declaration; where the octets say otherwise, nothing is added to the doubt.
  if (encodingOf(charset) !== encoding) return null;
  const name = encoding.startsWith('other:') ? encoding.slice('other:'.length) : encoding;
  if (!iconv.encodingExists(name)) return null;
  const encoded = iconv.encode(text, name);
  return decodeText(encoded, charset) === text ? encoded : null;
}

/** A decoder for a text of which `sample` is the beginning: what it shows decides where the charset is in doubt. */
export function decoderFor(charset: string, sample: Uint8Array): PieceDecoder {
  return pieceDecoder(chooseEncoding(withoutCutCharacter(sample), charset, ''));
}

/** A sample may end inside a character, which must not count against UTF-8. */
function withoutCutCharacter(sample: Uint8Array): Uint8Array {
  let end = sample.length;
  while (end > 0 && end > sample.length - 3 && (sample[end - 1]! & 0xc0) === 0x80) end--;
  return end > 0 && sample[end - 1]! >= 0xc0 ? sample.subarray(0, end - 1) : sample;
}

/** Encodings whose declaration is doubted when the octets are evidently UTF-8. */
const legacy: ReadonlySet<Encoding> = new Set(['gb18030', 'big5', 'cp949', 'shift_jis', 'euc-jp']);

/** How to decode `octets` that are declared to be `charset`. */
export function chooseEncoding(octets: Uint8Array, charset: string, hint: string): Encoding {
  const declared = encodingOf(charset);
  if (declared === 'utf-8') return isUtf8(octets) || isMostlyUtf8(octets) ? 'utf-8' : 'gb18030';
  if (declared !== null && legacy.has(declared)) return isEvidentlyUtf8(octets) ? 'utf-8' : declared;
  if (declared !== null && declared !== 'windows-1252') return declared;
  if (isUtf8(octets)) return 'utf-8';
  const hinted = encodingOf(hint);
  if (hinted !== null && legacy.has(hinted) && decodesCleanly(octets, hinted)) return hinted;
  return declared === null || looksLikeChinese(octets) ? 'gb18030' : 'windows-1252';
}

/** Damaged UTF-8 rather than something else: at most one in four of its characters is broken. */
function isMostlyUtf8(octets: Uint8Array): boolean {
  const text = new TextDecoder('utf-8').decode(octets);
  const foreign = text.match(/[^\0-\x7f]/gu)?.length ?? 0;
  const broken = text.match(/\ufffd/g)?.length ?? 0;
  return broken * 4 <= foreign;
}

/** Valid, with two characters of three octets at least: no other charset looks like that by accident. */
function isEvidentlyUtf8(octets: Uint8Array): boolean {
  if (!isUtf8(octets)) return false;
  let characters = 0;
  for (const octet of octets) if (octet >= 0xe0 && ++characters === 2) return true;
  return false;
}

function decodesCleanly(octets: Uint8Array, encoding: Encoding): boolean {
  const decoder = pieceDecoder(encoding);
  return !(decoder.push(octets) + decoder.finish()).includes('\ufffd');
}

/**
 * All octets above 127 pair up to characters of GB 2312. In Western texts they stand alone, or in pairs that begin
 * elsewhere.
 */
function looksLikeChinese(octets: Uint8Array): boolean {
  for (let at = 0; at < octets.length; at++) {
    const lead = octets[at]!;
    if (lead < 0x80) continue;
    const trail = octets[++at] ?? 0;
    const isCharacter = (lead >= 0xb0 && lead <= 0xf7) || (lead >= 0xa1 && lead <= 0xa9);
    if (!isCharacter || trail < 0xa1 || trail === 0xff) return false;
  }
  return true;
}

/** Decoded by Node itself. For code page 949 and the Hong Kong characters of Big5 its tables have gaps. */
const native: ReadonlySet<Encoding> = new Set([
  'utf-8',
  'gb18030',
  'shift_jis',
  'euc-jp',
  'iso-2022-jp',
  'utf-16le',
  'utf-16be',
]);

/** Other names that iconv-lite has for them. */
const iconvNames: Partial<Readonly<Record<Encoding, string>>> = { big5: 'big5hkscs' };

function pieceDecoder(encoding: Encoding): PieceDecoder {
  if (encoding === 'hz') return new WidenedDecoder(new HzWidener(), pieceDecoder('gb18030'));
  if (encoding === 'iso-2022-kr') return new WidenedDecoder(new Iso2022KrWidener(), pieceDecoder('cp949'));
  if (encoding === 'utf-7') return new WidenedDecoder(new Utf7Widener(), pieceDecoder('utf-16be'));
  if (native.has(encoding)) return new NativeDecoder(encoding);
  const name = encoding.startsWith('other:')
    ? encoding.slice('other:'.length)
    : (iconvNames[encoding] ?? encoding);
  return iconv.encodingExists(name) ? new IconvDecoder(name) : new IconvDecoder('windows-1252');
}

class NativeDecoder implements PieceDecoder {
  readonly #decoder: InstanceType<typeof TextDecoder>;
  constructor(encoding: string) {
    this.#decoder = new TextDecoder(encoding);
  }
  push(octets: Uint8Array): string {
    return this.#decoder.decode(octets, { stream: true });
  }
  finish(): string {
    return this.#decoder.decode();
  }
}

class IconvDecoder implements PieceDecoder {
  readonly #decoder: { write(octets: Buffer): string; end(): string | undefined };
  constructor(encoding: string) {
    this.#decoder = iconv.getDecoder(encoding);
  }
  push(octets: Uint8Array): string {
    return this.#decoder.write(Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength));
  }
  finish(): string {
    return this.#decoder.end() ?? '';
  }
}

class WidenedDecoder implements PieceDecoder {
  readonly #widener: Widener;
  readonly #decoder: PieceDecoder;
  constructor(widener: Widener, decoder: PieceDecoder) {
    this.#widener = widener;
    this.#decoder = decoder;
  }
  push(octets: Uint8Array): string {
    return this.#decoder.push(this.#widener.push(octets));
  }
  finish(): string {
    return this.#decoder.finish();
  }
}
