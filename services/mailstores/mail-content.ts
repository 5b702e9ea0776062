import { searchableHeader, searchableText } from '../mail/body-text.ts';
import { foldedText } from '../mail/folded-text.ts';
import { readHeaderFields } from '../mail/header-fields.ts';
import { decodeHeaderText } from '../mail/header-text.ts';
import { cachedHeader, type ReadableMail, withTrace } from '../mail/sections.ts';
import type { StructureView } from '../mail/structure-codec.ts';
import { type Soon, soon } from '../memory/soon.ts';
import type { MailReader, OpenedMail } from './mail-reader.ts';
import { ReadWindow } from './read-window.ts';

/** Of a header that is longer only this is searched. */
const maxHeaderOctets = 256 * 1024;

/** What IMAP's SEARCH needs of the mail reader, and JMAP's queries. */
export type SearchedMails = Pick<MailReader, 'structure' | 'read'>;

/** A text in a header field of that name, as a search asks for it in one message after another. */
export interface FieldWish {
  readonly names: ReadonlySet<string>;
  readonly folded: string;
}

/** An empty text asks for the field alone. */
export function fieldWish(name: string, text: string): FieldWish {
  return { names: new Set([name.toLowerCase()]), folded: foldedText(text) };
}

/** What a search asks of one message's octets. Reads as much as it needs and keeps only the header. */
export class MailContent {
  readonly #mails: SearchedMails;
  readonly #mail: OpenedMail;
  readonly #view: StructureView | null;
  /** One character an octet. */
  #header: string | null = null;

  /** `view`: the mail's structure where it is at hand. */
  constructor(mails: SearchedMails, mail: OpenedMail, view: StructureView | null = null) {
    this.#mails = mails;
    this.#mail = mail;
    this.#view = view;
  }

  /** Values of the header fields of those names (lower case), undecoded. */
  fields(names: ReadonlySet<string>): Soon<string[]> {
    return soon(this.#readHeader(), (block) => readHeaderFields(block, names).map(({ value }) => value));
  }

  hasField({ names, folded }: FieldWish): Soon<boolean> {
    return soon(this.fields(names), (values) =>
      values.some((value) => foldedText(decodeHeaderText(value)).includes(folded)),
    );
  }

  /** Is the text in the body: texts and headers of its parts (RFC 9051 §6.4.4 BODY)? */
  async hasInBody(text: string): Promise<boolean> {
    const wanted = foldedText(text);
    const shift = this.#mail.trace.length;
    const view = await this.#mails.structure(this.#mail);
    const window = new ReadWindow((from, to) => this.#mails.read(this.#mail, from + shift, to + shift));
    for await (const piece of searchableText(view, (from, to) => window.read(from, to))) {
      if (foldedText(piece).includes(wanted)) return true;
    }
    return false;
  }

  /** Is it in the header or the body (TEXT)? */
  async hasAnywhere(text: string): Promise<boolean> {
    const header = searchableHeader(Buffer.from(await this.#readHeader(), 'latin1'));
    return foldedText(header).includes(foldedText(text)) || this.hasInBody(text);
  }

  #readHeader(): Soon<string> {
    if (this.#header !== null) return this.#header;
    return soon(this.#view ?? this.#mails.structure(this.#mail), (view) => {
      const readable = withTrace(view, this.#mail.trace);
      return soon(cachedHeader(readable) ?? this.#readOctets(readable), (header) => {
        this.#header = header;
        return header;
      });
    });
  }

  async #readOctets({ view, trace }: ReadableMail): Promise<string> {
    const end = trace.length + Math.min(view.headerOctets, maxHeaderOctets);
    const octets = await this.#mails.read(this.#mail, 0, end);
    return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
  }
}
