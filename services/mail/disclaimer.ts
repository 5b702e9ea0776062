/**
 * Texts put below what was written, into the plain text and the page of a mail alike. Never into what is signed or
 * encrypted, and not where they stand already: an answer that quotes them has them. Pure over octets.
 */
import type { ReadRange } from './body-text.ts';
import { decodeText, encodeText } from './charset.ts';
import type { AttachmentFact } from './facts.ts';
import { foldedText } from './folded-text.ts';
import { htmlText } from './html-text.ts';
import type { OctetEdit } from './octet-edits.ts';
import type { PartPlace } from './part-codec.ts';
import { armouredProtection, bothOf, declaredProtection, isWrapped } from './protection.ts';
import { recodedPart } from './recoded-part.ts';
import { endOfPage, insertion } from './text-insertion.ts';
import { transferDecoder } from './transfer-decoding.ts';

/** Why a text was not put in. `noText`: nothing in the mail is shown as text that could be read. */
export type NotAppended = 'signed' | 'encrypted' | 'alreadyThere' | 'noText' | 'tooLarge';

export interface Appended {
  readonly edits: readonly OctetEdit[];
  /** For each of the texts: null where it was put in. */
  readonly outcomes: readonly (NotAppended | null)[];
}

export interface MailPlaces {
  readonly root: PartPlace;
  readonly attachments: readonly Pick<AttachmentFact, 'part'>[];
}

/** As transferred; people write less. */
const maxPartOctets = 1024 * 1024;
/** Of all that is written anew: it stands in an event. */
const maxWrittenOctets = 96 * 1024;

/** `texts` is not empty. */
export async function appendTexts(
  { root, attachments }: MailPlaces,
  texts: readonly string[],
  read: ReadRange,
): Promise<Appended> {
  const none = (because: NotAppended): Appended => ({ edits: [], outcomes: texts.map(() => because) });
  const protectedBy = protectionOf(root);
  if (protectedBy !== null) return none(protectedBy);
  const parts = shownParts(root, '', new Set(attachments.map(({ part }) => part)));
  if (parts.length === 0) return none('noText');
  if (parts.some(({ bodyStart, bodyEnd }) => bodyEnd - bodyStart > maxPartOctets)) return none('tooLarge');
  const opened: ShownText[] = [];
  for (const part of parts) {
    const shown = await openPart(part, read);
    if (shown === null) return none('noText');
    const { isSigned, isEncrypted } = armouredProtection(shown.text);
    if (isSigned || isEncrypted) return none(isEncrypted ? 'encrypted' : 'signed');
    opened.push(shown);
  }
  const missing = texts.map((text) => opened.some(({ visible }) => !visible.includes(comparable(text))));
  const edits: OctetEdit[] = [];
  for (const shown of opened) {
    const wanted = texts.filter((text) => !shown.visible.includes(comparable(text)));
    if (wanted.length > 0) edits.push(...(await withTexts(shown, wanted, shown.part === root, read)));
  }
  const written = edits.reduce((sum, { insert }) => sum + insert.length, 0);
  if (written > maxWrittenOctets) return none('tooLarge');
  return { edits, outcomes: missing.map((isMissing) => (isMissing ? null : 'alreadyThere')) };
}

function protectionOf(root: PartPlace): 'signed' | 'encrypted' | null {
  const { isEncrypted, isSigned } = bothOf(declaredProtection(root), {
    isEncrypted: holdsWrapped(root),
    isSigned: false,
  });
  if (isEncrypted) return 'encrypted';
  return isSigned ? 'signed' : null;
}

/** What is wrapped in PKCS #7 is closed to us, whether it is encrypted or only signed (RFC 8551 §3.5.2). */
function holdsWrapped({ mediaType, children }: PartPlace): boolean {
  return isWrapped(mediaType) || children.some(holdsWrapped);
}

/** The text that people see first, in each of its forms. */
function shownParts(part: PartPlace, number: string, attached: ReadonlySet<string>): PartPlace[] {
  if (part.kind === 'leaf')
    return /^text\/(plain|html)$/.test(part.mediaType) && !attached.has(number || '1') ? [part] : [];
  if (part.kind === 'message') return [];
  const found = part.children.map((child, index) =>
    shownParts(child, number === '' ? `${index + 1}` : `${number}.${index + 1}`, attached),
  );
  return part.mediaType === 'multipart/alternative'
    ? found.flat()
    : (found.find((each) => each.length > 0) ?? []);
}

interface ShownText {
  readonly part: PartPlace;
  readonly raw: Buffer;
  readonly octets: Buffer;
  readonly text: string;
  /** As it is compared. */
  readonly visible: string;
}

/** Null where its transfer encoding is unknown. */
async function openPart(part: PartPlace, read: ReadRange): Promise<ShownText | null> {
  const decoder = transferDecoder(part.encoding);
  if (decoder === null) return null;
  const raw = Buffer.from(await read(part.bodyStart, part.bodyEnd));
  const octets = Buffer.concat([decoder.push(raw), decoder.finish()]);
  const text = decodeText(octets, part.charset);
  const visible = isPage(part) ? (htmlText(text, maxPartOctets).text ?? '') : text;
  return { part, raw, octets, text, visible: comparable(visible) };
}

function isPage({ mediaType }: PartPlace): boolean {
  return mediaType === 'text/html';
}

/** Without blanks, line ends and signs of quoting: an answer breaks lines elsewhere. */
function comparable(text: string): string {
  return foldedText(text).replace(/[\s>]+/g, '');
}

async function withTexts(
  shown: ShownText,
  texts: readonly string[],
  isRoot: boolean,
  read: ReadRange,
): Promise<OctetEdit[]> {
  const { part, raw, octets, text } = shown;
  const place = isPage(part) ? 'endOfPage' : 'end';
  const added = isPage(part) ? pageBlock(texts) : textBlock(texts, text.endsWith('\n'));
  const encoded = encodeText(added, octets, part.charset);
  const edit = encoded && insertion(raw, part.encoding, place, encoded);
  if (edit) return [{ ...edit, at: part.bodyStart + edit.at }];
  const header = Buffer.from(await read(part.headerStart, part.bodyStart)).toString('latin1');
  const at = isPage(part) ? endOfPage(text) : text.length;
  const whole = text.slice(0, at) + added + text.slice(at);
  return recodedPart(part, header, whole, isRoot);
}

function textBlock(texts: readonly string[], endsLine: boolean): string {
  const block = texts.map((text) => text.replace(/\r\n|\r|\n/g, '\r\n')).join('\r\n\r\n');
  return endsLine ? `\r\n${block}\r\n` : `\r\n\r\n${block}`;
}

/** Characters of one stretch: lines of mail end after 998 octets, and an escaped character may have nine. */
const stretchCharacters = 60;

/** In ASCII, so that every charset has it. */
function pageBlock(texts: readonly string[]): string {
  const paragraphs = texts.map((text) => {
    const lines = text.split(/\r\n|\r|\n/).map(pageLine);
    return `<div style="margin-top:1em">${lines.join('<br>\r\n')}</div>\r\n`;
  });
  return `\r\n${paragraphs.join('')}`;
}

/** A line end inside a tag is none for the reader. */
function pageLine(line: string): string {
  const characters = [...line].map((character) =>
    /[\x20-\x7e]/.test(character) && !/[&<>"]/.test(character) ? character : `&#${character.codePointAt(0)};`,
  );
  const stretches: string[] = [];
  for (let at = 0; at < characters.length; at += stretchCharacters)
    stretches.push(characters.slice(at, at + stretchCharacters).join(''));
  return stretches.join('<span\r\n></span>');
}
