/** The text of Office documents (ECMA-376): Word, Excel, PowerPoint, read out of the XML inside their ZIP. */
import { type Unzipped, unzipSync } from 'fflate';
import { Parser } from 'htmlparser2';
import { TextBuilder } from './text-builder.ts';

/** Octets of all parts that are read, unpacked: what claims to be more is not opened. */
const maxUnpackedOctets = 64 * 1024 * 1024;
const maxPartsRead = 2000;

/** Parts that hold what people wrote. */
const textParts =
  /^(word\/(document|header[0-9]*|footer[0-9]*|footnotes|endnotes|comments)|xl\/(sharedStrings|comments[0-9]*|worksheets\/sheet[0-9]+)|xl\/drawings\/drawing[0-9]+|ppt\/(slides\/slide|notesSlides\/notesSlide)[0-9]+)\.xml$/;

/** Null where it cannot be unpacked, or would be too much. */
export function officeText(octets: Uint8Array, maxCharacters: number): TextBuilder | null {
  const parts = unpacked(octets);
  if (parts === null) return null;
  const text = new TextBuilder(maxCharacters);
  for (const [name, part] of Object.entries(parts)) {
    if (text.isFull) break;
    readXml(Buffer.from(part).toString('utf8'), name.startsWith('xl/worksheets/'), text);
    text.endLine();
  }
  return text;
}

function unpacked(octets: Uint8Array): Unzipped | null {
  let total = 0;
  let count = 0;
  try {
    const parts = unzipSync(octets, {
      filter: ({ name, originalSize }) => {
        if (!textParts.test(name)) return false;
        total += originalSize;
        if (total > maxUnpackedOctets || ++count > maxPartsRead) throw new Error('too much');
        return true;
      },
    });
    return Object.keys(parts).length > 0 ? parts : null;
  } catch {
    return null; // damaged, encrypted or too large
  }
}

/** Elements whose text is the document's: of Word and PowerPoint `t` and deleted text, of Excel `t` and values. */
const written: ReadonlySet<string> = new Set(['t', 'delText', 'v']);
/** Elements that end a line. */
const lines: ReadonlySet<string> = new Set(['p', 'si', 'c', 'comment', 'br', 'row']);

const pieceCharacters = 64 * 1024;

function readXml(xml: string, isSheet: boolean, text: TextBuilder): void {
  let isWritten = false;
  let isReference = false;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const local = localName(name);
        // A cell of type s holds the number of a shared text, which stands elsewhere.
        if (isSheet && local === 'c') isReference = attributes['t'] === 's';
        isWritten = written.has(local) && !(local === 'v' && isReference);
        if (local === 'tab') text.add('\t');
      },
      ontext(piece) {
        if (isWritten) text.add(piece);
      },
      onclosetag(name) {
        const local = localName(name);
        if (written.has(local)) isWritten = false;
        if (lines.has(local)) text.endLine();
      },
    },
    { xmlMode: true },
  );
  for (let at = 0; at < xml.length && !text.isFull; at += pieceCharacters) {
    parser.write(xml.slice(at, at + pieceCharacters));
  }
  parser.end();
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
