import { searchableHeader, searchableText } from '../mail/body-text.ts';
import { foldedText } from '../mail/folded-text.ts';
import { readHeaderFields } from '../mail/header-fields.ts';
import { decodeHeaderText } from '../mail/header-text.ts';
import { cachedHeader, withTrace } from '../mail/sections.ts';
import type { MailReader, OpenedMail } from './mail-reader.ts';
import { ReadWindow } from './read-window.ts';

/** Of a header that is longer only this is searched. */
const maxHeaderOctets = 256 * 1024;

/** What IMAP's SEARCH needs of the mail reader, and JMAP's queries. */
export type SearchedMails = Pick<MailReader, 'structure' | 'read'>;

/** What a search asks of one message's octets. Reads as much as it needs and keeps only the header. */
export class MailContent {
  readonly #mails: SearchedMails;
  readonly #mail: OpenedMail;
  #header: Uint8Array | null = null;

  constructor(mails: SearchedMails, mail: OpenedMail) {
    this.#mails = mails;
    this.#mail = mail;
  }

  /** Values of the header fields of that name, undecoded. */
  async fields(name: string): Promise<string[]> {
    const header = await this.#readHeader();
    const block = Buffer.from(header.buffer, header.byteOffset, header.byteLength).toString('latin1');
    return readHeaderFields(block, new Set([name.toLowerCase()])).map(({ value }) => value);
  }

  /** Is the text in a header field of that name? An empty text asks for the field alone. */
  async hasField(name: string, text: string): Promise<boolean> {
    const wanted = foldedText(text);
    const values = await this.fields(name);
    return values.some((value) => foldedText(decodeHeaderText(value)).includes(wanted));
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
    const header = searchableHeader(await this.#readHeader());
    return foldedText(header).includes(foldedText(text)) || this.hasInBody(text);
  }

  async #readHeader(): Promise<Uint8Array> {
    if (this.#header === null) {
      const readable = withTrace(await this.#mails.structure(this.#mail), this.#mail.trace);
      const end = readable.trace.length + Math.min(readable.view.headerOctets, maxHeaderOctets);
      this.#header = cachedHeader(readable) ?? (await this.#mails.read(this.#mail, 0, end));
    }
    return this.#header;
  }
}
