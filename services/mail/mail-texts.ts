/**
 * What rules look at inside a mail: the texts that are shown, the texts of attachments, their types by content, header
 * fields, protection. Bounded in octets and characters; whoever runs it bounds its time (`threads/text-client.ts`).
 */
import type { ReadRange } from './body-text.ts';
import { decodeText } from './charset.ts';
import { contentFieldNames, readContentFields } from './content-fields.ts';
import { contentType } from './content-type.ts';
import type { AttachmentFact } from './facts.ts';
import { fileName } from './file-name.ts';
import { readHeaderFields } from './header-fields.ts';
import { decodeHeaderText } from './header-text.ts';
import { htmlText } from './html-text.ts';
import { officeText } from './office-text.ts';
import type { PartPlace } from './part-codec.ts';
import { pdfText } from './pdf-text.ts';
import {
  armouredProtection,
  bothOf,
  declaredProtection,
  isWrapped,
  openly,
  type Protection,
  wrappedProtection,
} from './protection.ts';
import { transferDecoder } from './transfer-decoding.ts';

export interface WantedTexts {
  readonly body: boolean;
  readonly attachments: boolean;
  readonly attachmentTypes: boolean;
  /** Of messages inside the mail; those of the mail itself are facts (`attachments.ts`). */
  readonly attachmentNames: boolean;
  readonly protection: boolean;
  /** Names of header fields, in lower case. */
  readonly headers: readonly string[];
}

export interface PartText {
  /** IMAP part number. */
  readonly part: string;
  /** Null where it cannot be read. */
  readonly text: string | null;
  /** False where it was longer than what is looked at. */
  readonly complete: boolean;
}

export interface MailTexts extends Protection {
  readonly body: readonly PartText[];
  readonly attachments: readonly PartText[];
  /** Media type by content of each attachment, by part number; null where it was too large to look at. */
  readonly types: Readonly<Record<string, string | null>>;
  /** Names of what lies in messages inside the mail, by part number. */
  readonly names: Readonly<Record<string, string>>;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export const textLimits = {
  /** Octets of a part as transferred; a longer one is not read. */
  maxPartOctets: 48 * 1024 * 1024,
  maxCharactersPerText: 1_000_000,
  maxCharacters: 4_000_000,
  maxHeaderOctets: 256 * 1024,
} as const;

export interface ScannedPlaces {
  readonly root: PartPlace;
  readonly attachments: readonly AttachmentFact[];
}

export async function readMailTexts(
  { root, attachments }: ScannedPlaces,
  wanted: WantedTexts,
  readRange: ReadRange,
): Promise<MailTexts> {
  const reading = new TextReading(attachments, wanted, readRange);
  await reading.visit(root, '', false);
  const headers = wanted.headers.length === 0 ? [] : await readHeaders(root, wanted.headers, readRange);
  const { body, attachments: texts, types, names } = reading;
  const protection = bothOf(reading.protection, declaredProtection(root));
  // What somebody encrypted has a text, and nobody here can read it.
  if (protection.isEncrypted) body.push({ part: '1', text: null, complete: true });
  return { body, attachments: texts, types, names, headers, ...protection };
}

async function readHeaders(root: PartPlace, names: readonly string[], readRange: ReadRange) {
  const end = Math.min(root.bodyStart, root.headerStart + textLimits.maxHeaderOctets);
  const block = Buffer.from(await readRange(root.headerStart, end)).toString('latin1');
  return readHeaderFields(block, new Set(names)).map(({ name, value }) => ({
    name,
    value: decodeHeaderText(value),
  }));
}

class TextReading {
  readonly body: PartText[] = [];
  readonly attachments: PartText[] = [];
  readonly types: Record<string, string | null> = {};
  readonly names: Record<string, string> = {};
  protection: Protection = openly;
  readonly #listed: ReadonlySet<string>;
  readonly #wanted: WantedTexts;
  readonly #readRange: ReadRange;
  #characters: number = textLimits.maxCharacters;

  constructor(attachments: readonly AttachmentFact[], wanted: WantedTexts, readRange: ReadRange) {
    this.#listed = new Set(attachments.map(({ part }) => part));
    this.#wanted = wanted;
    this.#readRange = readRange;
  }

  /** Numbers parts as `attachments.ts` does; what a message inside the mail holds belongs to that attachment. */
  async visit(part: PartPlace, number: string, isAttached: boolean): Promise<void> {
    if (part.kind === 'leaf') {
      if (isAttached && this.#wanted.attachmentNames) await this.#readName(part, number || '1');
      return this.#readLeaf(part, number || '1', isAttached || this.#listed.has(number || '1'));
    }
    if (part.kind === 'message') return this.#visitMessage(part, number || '1');
    for (const [index, child] of part.children.entries()) {
      await this.visit(child, number === '' ? `${index + 1}` : `${number}.${index + 1}`, isAttached);
    }
  }

  /** RFC 9051 §6.4.5: the parts of a message inside are numbered below its own number. */
  async #visitMessage({ children, mediaType }: PartPlace, number: string): Promise<void> {
    this.types[number] = mediaType;
    for (const child of children)
      await this.visit(child, child.kind === 'leaf' ? `${number}.1` : number, true);
  }

  async #readName({ headerStart, bodyStart }: PartPlace, number: string): Promise<void> {
    const end = Math.min(bodyStart, headerStart + textLimits.maxHeaderOctets);
    const block = Buffer.from(await this.#readRange(headerStart, end)).toString('latin1');
    const name = fileName(readContentFields(readHeaderFields(block, contentFieldNames), false, false), '');
    if (name !== '') this.names[number] = name;
  }

  async #readLeaf(part: PartPlace, number: string, isAttachment: boolean): Promise<void> {
    const { body, attachments, attachmentTypes, protection } = this.#wanted;
    const isWanted = protection || (isAttachment ? attachments || attachmentTypes : body);
    if (!isWanted) return;
    const octets =
      part.bodyEnd - part.bodyStart > textLimits.maxPartOctets ? null : await this.#octetsOf(part);
    if (isWrapped(part.mediaType)) return this.#readWrapped(number, octets);
    if (!isAttachment) {
      this.#keep(
        this.body,
        number,
        octets === null ? null : this.#textOf(octets, part.mediaType, part.charset),
      );
      return;
    }
    this.types[number] = octets === null ? null : await contentType(octets, part.mediaType);
    if (attachments) await this.#readAttachment(part, number, octets);
  }

  /** The whole mail is inside: it cannot be read, neither as text nor as attachments. */
  #readWrapped(number: string, octets: Uint8Array | null): void {
    this.protection = bothOf(this.protection, wrappedProtection(octets ?? new Uint8Array()));
    this.types[number] = 'application/pkcs7-mime';
    for (const texts of [this.body, this.attachments])
      texts.push({ part: number, text: null, complete: true });
  }

  async #readAttachment(part: PartPlace, number: string, octets: Uint8Array | null): Promise<void> {
    const type = this.types[number] ?? '';
    if (octets === null) return this.#keep(this.attachments, number, null);
    if (hasNoText.test(type)) return;
    if (isText.test(type))
      return this.#keep(this.attachments, number, this.#textOf(octets, type, part.charset));
    if (type === 'application/pdf')
      return this.#keep(this.attachments, number, await pdfText(octets, this.#room()));
    if (officeType.test(type)) return this.#keep(this.attachments, number, officeText(octets, this.#room()));
    this.#keep(this.attachments, number, signature.test(part.mediaType) ? emptyText : null);
  }

  #textOf(octets: Uint8Array, mediaType: string, charset: string): Text {
    const text = decodeText(octets, charset);
    this.protection = bothOf(this.protection, armouredProtection(text));
    if (mediaType === 'text/html') return htmlText(text, this.#room());
    const room = this.#room();
    return { text: text.slice(0, room).toWellFormed(), isFull: text.length > room };
  }

  #keep(texts: PartText[], part: string, read: Text | null): void {
    const text = read?.text ?? null;
    this.#characters -= text?.length ?? 0;
    texts.push({ part, text, complete: read === null || !read.isFull });
  }

  #room(): number {
    return Math.min(this.#characters, textLimits.maxCharactersPerText);
  }

  async #octetsOf({ bodyStart, bodyEnd, encoding }: PartPlace): Promise<Uint8Array> {
    const decoder = transferDecoder(encoding) ?? transferDecoder('binary')!;
    const octets = decoder.push(await this.#readRange(bodyStart, bodyEnd));
    return Buffer.concat([octets, decoder.finish()]);
  }
}

interface Text {
  readonly text: string;
  readonly isFull: boolean;
}

const emptyText: Text = { text: '', isFull: false };

/** Nobody wrote in them; what stands in a picture is not read. */
const hasNoText =
  /^(image|audio|video|font)\/|^application\/(x-msdownload|x-elf|x-mach-binary|java-vm|vnd\.ms-fontobject)$/;
const isText = /^(text|message)\/|^application\/(xml|json|javascript|[a-z0-9.-]+\+(xml|json))$/;
const officeType =
  /^application\/vnd\.openxmlformats-officedocument\.(wordprocessingml|spreadsheetml|presentationml)\.|^application\/vnd\.ms-(word|excel|powerpoint)\.[a-z.]*macroenabled/i;
/** Signatures of the mail itself. */
const signature = /^application\/((x-)?pkcs7-signature|pgp-signature|pgp-keys|ics)$/;
