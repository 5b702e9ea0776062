/** The octets of one mail as JMAP shows them: header, parts, text (RFC 8621 §4.1). Reads no more than is asked for. */

import { decoderFor } from '../../mail/charset.ts';
import { contentFieldNames, readContentFields } from '../../mail/content-fields.ts';
import { fileName } from '../../mail/file-name.ts';
import { readHeaderFields } from '../../mail/header-fields.ts';
import { decodeHeaderText } from '../../mail/header-text.ts';
import type { PartPlace } from '../../mail/part-codec.ts';
import { cachedHeader, withTrace } from '../../mail/sections.ts';
import type { StructureView } from '../../mail/structure-codec.ts';
import { transferDecoder } from '../../mail/transfer-decoding.ts';
import type { OpenedMail } from '../../mailstores/mail-reader.ts';
import { ReadWindow } from '../../mailstores/read-window.ts';
import type { BodyPart } from './body-parts.ts';
import { HeaderBlock } from './header-block.ts';
import type { MailParts } from './mail-account.ts';
import { decodedOctets } from './part-size.ts';

/** A part with what JMAP tells of it besides its place among others. */
export interface EmailPart extends BodyPart {
  readonly place: PartPlace;
  readonly header: HeaderBlock;
  readonly charset: string | null;
  readonly cid: string | null;
  readonly languages: readonly string[];
  readonly location: string | null;
  readonly subParts: readonly EmailPart[];
}

export interface PartText {
  readonly value: string;
  /** Something could not be decoded. */
  readonly isEncodingProblem: boolean;
  readonly isTruncated: boolean;
}

/** Headers of parts are read up to here. */
const maxPartHeaderOctets = 64 * 1024;
const readOctets = 64 * 1024;

export class EmailContent {
  readonly mail: OpenedMail;
  readonly #mails: MailParts['mails'];
  readonly #view: StructureView;
  readonly #hint: string;
  #header: Promise<HeaderBlock> | null = null;
  #root: Promise<EmailPart> | null = null;
  /** Headers of parts lie close to one another. */
  readonly #window = new ReadWindow((from, to) => this.#readBlob(from, to));

  constructor(mail: OpenedMail, view: StructureView, mails: MailParts['mails']) {
    this.mail = mail;
    this.#view = view;
    this.#mails = mails;
    this.#hint = textCharset(view.root);
  }

  header(): Promise<HeaderBlock> {
    this.#header ??= this.#readHeader();
    return this.#header;
  }

  root(): Promise<EmailPart> {
    this.#root ??= this.#partOf(this.#view.root, '', false);
    return this.#root;
  }

  /** Decoded text, up to `maxOctets` octets of UTF-8 (0: all), never cut inside a character. */
  async text({ place }: EmailPart, maxOctets: number): Promise<PartText> {
    const transfer = transferDecoder(place.encoding);
    const decoded = new TextCollector(place.charset, maxOctets);
    for (let from = place.bodyStart; from < place.bodyEnd && !decoded.isFull; from += readOctets) {
      const octets = await this.#readBlob(from, Math.min(from + readOctets, place.bodyEnd));
      decoded.push(transfer ? transfer.push(octets) : octets);
    }
    if (transfer && !decoded.isFull) decoded.push(transfer.finish());
    return decoded.finish(transfer === null);
  }

  /** Of the part behind its transfer encoding. */
  octetsOf({ place }: EmailPart): Promise<number> {
    return decodedOctets(place, (from, to) => this.#readBlob(from, to));
  }

  async #readHeader(): Promise<HeaderBlock> {
    const { trace } = this.mail;
    const cached = cachedHeader(withTrace(this.#view, trace));
    const octets =
      cached === null
        ? await this.#mails.read(this.mail, 0, trace.length + this.#view.headerOctets)
        : Buffer.from(cached, 'latin1');
    return new HeaderBlock(octets, this.#hint);
  }

  async #partOf(place: PartPlace, number: string, inDigest: boolean): Promise<EmailPart> {
    const isRoot = number === '';
    const header = isRoot ? await this.header() : await this.#partHeader(place);
    const content = readContentFields(readHeaderFields(header.text, contentFieldNames), isRoot, inDigest);
    const parts = place.kind === 'multipart' ? place.children : [];
    const isDigest = place.mediaType === 'multipart/digest';
    const subParts: EmailPart[] = [];
    for (const [i, each] of parts.entries())
      subParts.push(await this.#partOf(each, isRoot ? `${i + 1}` : `${number}.${i + 1}`, isDigest));
    const isText = place.mediaType.startsWith('text/');
    return {
      partId: place.kind === 'multipart' ? null : isRoot ? '1' : number,
      type: place.mediaType,
      disposition: content.disposition?.type.toLowerCase() || null,
      name: fileName(content, this.#hint) || null,
      charset: isText ? place.charset || 'us-ascii' : null,
      cid: (content.id && decodeHeaderText(content.id, this.#hint).replace(/^<|>$/g, '')) || null,
      languages: content.languages,
      location: content.location,
      place,
      header,
      subParts,
    };
  }

  async #partHeader({ headerStart, bodyStart }: PartPlace): Promise<HeaderBlock> {
    const end = Math.min(bodyStart, headerStart + maxPartHeaderOctets);
    return new HeaderBlock(await this.#window.read(headerStart, end), this.#hint);
  }

  /** Octets of the blob, behind the trace text. */
  async #readBlob(from: number, to: number): Promise<Uint8Array> {
    const shift = this.mail.trace.length;
    return this.#mails.read(this.mail, from + shift, to + shift);
  }
}

/** Charset of the first text that names one: what bare octets of the headers are probably in. */
function textCharset({ kind, mediaType, charset, children }: PartPlace): string {
  if (kind === 'multipart') return children.map(textCharset).find((each) => each !== '') ?? '';
  return mediaType.startsWith('text/') ? charset : '';
}

class TextCollector {
  readonly #charset: string;
  readonly #maxOctets: number;
  #decoder: ReturnType<typeof decoderFor> | null = null;
  #text = '';
  #octets = 0;

  constructor(charset: string, maxOctets: number) {
    this.#charset = charset;
    this.#maxOctets = maxOctets;
  }

  get isFull(): boolean {
    return this.#maxOctets > 0 && this.#octets > this.#maxOctets;
  }

  push(octets: Uint8Array): void {
    if (octets.length === 0) return;
    this.#decoder ??= decoderFor(this.#charset, octets);
    this.#take(this.#decoder.push(octets));
  }

  finish(isUndecoded: boolean): PartText {
    if (!this.isFull) this.#take(this.#decoder?.finish() ?? '');
    const isTruncated = this.isFull;
    const value = (isTruncated ? cutText(this.#text, this.#maxOctets) : this.#text).replaceAll('\r\n', '\n');
    return { value, isEncodingProblem: isUndecoded || value.includes('\ufffd'), isTruncated };
  }

  #take(text: string): void {
    this.#text += text;
    this.#octets += Buffer.byteLength(text);
  }
}

/** The text up to so many octets of UTF-8, whole characters only. */
function cutText(text: string, maxOctets: number): string {
  const octets = Buffer.from(text);
  let end = maxOctets;
  while (end > 0 && (octets[end]! & 0xc0) === 0x80) end--;
  return octets.toString('utf8', 0, end);
}
