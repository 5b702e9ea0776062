/** The tree of parts as octets: where each part lies and how its body is to be decoded. */
import type { MailPart } from './mail-part.ts';

/** A part as the structure row keeps it. Offsets count octets of the blob from 0. */
export interface PartPlace {
  readonly kind: MailPart['kind'];
  readonly headerStart: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly bodyLines: number;
  /** `text/plain`, lower case, octets in Latin-1. */
  readonly mediaType: string;
  /** Charset parameter in lower case; '' where there is none. */
  readonly charset: string;
  /** Content-Transfer-Encoding in lower case. */
  readonly encoding: string;
  readonly children: readonly PartPlace[];
}

const kinds: readonly MailPart['kind'][] = ['multipart', 'message', 'leaf'];

/** Longer names are cut: no charset or encoding has such a name, and no reader gains from one. */
const maxNameLetters = 200;

/** Parts in preorder: kind, five numbers, three names, number of children. */
export function writeParts(root: MailPart): Buffer {
  const octets: number[] = [];
  const write = (part: MailPart): void => {
    const { type, subtype, parameters, encoding } = part.content;
    const charset = parameters.find((parameter) => parameter.name.toLowerCase() === 'charset')?.value ?? '';
    octets.push(kinds.indexOf(part.kind));
    writeNumber(octets, part.headerStart);
    writeNumber(octets, part.bodyStart - part.headerStart);
    writeNumber(octets, part.bodyEnd - part.bodyStart);
    writeNumber(octets, part.bodyLines);
    writeName(octets, `${type}/${subtype}`);
    writeName(octets, charset);
    writeName(octets, encoding);
    writeNumber(octets, part.children.length);
    part.children.forEach(write);
  };
  write(root);
  return Buffer.from(octets);
}

export function readParts(octets: Buffer): PartPlace {
  const reader = { octets, at: 0 };
  return readPart(reader);
}

interface Reader {
  readonly octets: Buffer;
  at: number;
}

function readPart(reader: Reader): PartPlace {
  const kind = kinds[reader.octets[reader.at++]!]!;
  const headerStart = readNumber(reader);
  const bodyStart = headerStart + readNumber(reader);
  const bodyEnd = bodyStart + readNumber(reader);
  const bodyLines = readNumber(reader);
  const mediaType = readName(reader);
  const charset = readName(reader);
  const encoding = readName(reader);
  const children = Array.from({ length: readNumber(reader) }, () => readPart(reader));
  return { kind, headerStart, bodyStart, bodyEnd, bodyLines, mediaType, charset, encoding, children };
}

/** Seven bits an octet, the low ones first; the high bit says that more follow. */
function writeNumber(octets: number[], value: number): void {
  for (; value > 0x7f; value = Math.floor(value / 0x80)) octets.push((value % 0x80) | 0x80);
  octets.push(value);
}

function readNumber(reader: Reader): number {
  let value = 0;
  for (let factor = 1; ; factor *= 0x80) {
    const octet = reader.octets[reader.at++]!;
    value += (octet & 0x7f) * factor;
    if (octet < 0x80) return value;
  }
}

function writeName(octets: number[], name: string): void {
  const text = name.slice(0, maxNameLetters).toLowerCase();
  writeNumber(octets, text.length);
  for (let i = 0; i < text.length; i++) octets.push(text.charCodeAt(i));
}

function readName(reader: Reader): string {
  const length = readNumber(reader);
  reader.at += length;
  return reader.octets.toString('latin1', reader.at - length, reader.at);
}
