import { searchableHeader, searchableText } from '../mail/body-text.ts';
import { foldedText } from '../mail/folded-text.ts';
import { readHeaderFields } from '../mail/header-fields.ts';
import { decodeHeaderText } from '../mail/header-text.ts';
import { cachedHeader, withTrace } from '../mail/sections.ts';
import { type Soon, soon } from '../memory/soon.ts';
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
  fields(name: string): Soon<string[]> {
    return soon(this.#readHeader(), (header) => {
      const block = Buffer.from(header.buffer, header.byteOffset, header.byteLength).toString('latin1');
      return readHeaderFields(block, new Set([name.toLowerCase()])).map(({ value }) => value);
    });
  }

  /** Is the text in a header field of that name? An empty text asks for the field alone. */
  hasField(name: string, text: string): Soon<boolean> {
    const wanted = foldedText(text);
    return soon(this.fields(name), (values) =>
      values.some((value) => foldedText(decodeHeaderText(value)).includes(wanted)),
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
    const header = searchableHeader(await this.#readHeader());
    return foldedText(header).includes(foldedText(text)) || this.hasInBody(text);
  }

  #readHeader(): Soon<Uint8Array> {
    if (this.#header !== null) return this.#header;
    return soon(this.#mails.structure(this.#mail), (view) => {
      const readable = withTrace(view, this.#mail.trace);
      const end = readable.trace.length + Math.min(view.headerOctets, maxHeaderOctets);
      return soon(cachedHeader(readable) ?? this.#mails.read(this.#mail, 0, end), (header) => {
        this.#header = header;
        return header;
      });
    });
  }
}
