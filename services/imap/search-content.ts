import { decoderFor } from '../mail/charset.ts';
import { readHeaderFields } from '../mail/header-fields.ts';
import { decodeHeaderText } from '../mail/header-text.ts';
import type { PartPlace } from '../mail/part-codec.ts';
import { cachedHeader, withTrace } from '../mail/sections.ts';
import type { OpenedMail } from '../mail-reader.ts';
import type { MailAccess } from './mail-access.ts';
import { octetStringOf } from './protocol/octet-string.ts';
import { foldedText, TextSearch } from './search-text-match.ts';
import { decoderOf } from './transfer-decoding.ts';

/** Of a header, or a part's header, that is longer only this is searched. */
const maxHeaderOctets = 256 * 1024;

/** What SEARCH asks of one message's octets. Reads as much as it needs and keeps only the header. */
export class MessageContent {
  readonly #mails: MailAccess;
  readonly #mail: OpenedMail;
  #header: string | null = null;

  constructor(mails: MailAccess, mail: OpenedMail) {
    this.#mails = mails;
    this.#mail = mail;
  }

  /** Values of the header fields of that name, undecoded. */
  async fields(name: string): Promise<string[]> {
    const wanted = name.toLowerCase();
    return readHeaderFields(await this.#headerOctets(), new Set([wanted])).map(({ value }) => value);
  }

  /** Is the text in a header field of that name? An empty text asks for the field alone. */
  async hasField(name: string, text: string): Promise<boolean> {
    const wanted = foldedText(text);
    const values = await this.fields(name);
    return values.some((value) => foldedText(decodeHeaderText(value)).includes(wanted));
  }

  /** Is the text in the body: texts and headers of its parts (RFC 9051 §6.4.4 BODY)? */
  async hasInBody(text: string): Promise<boolean> {
    const search = new TextSearch(text);
    return this.#searchPart((await this.#mails.structure(this.#mail)).root, search, true);
  }

  /** Is it in the header or the body (TEXT)? */
  async hasAnywhere(text: string): Promise<boolean> {
    const header = blockText(await this.#headerOctets());
    return foldedText(header).includes(foldedText(text)) || this.hasInBody(text);
  }

  async #headerOctets(): Promise<string> {
    if (this.#header === null) {
      const readable = withTrace(await this.#mails.structure(this.#mail), this.#mail.trace);
      const end = readable.trace.length + Math.min(readable.view.headerOctets, maxHeaderOctets);
      this.#header = octetStringOf(cachedHeader(readable) ?? (await this.#mails.read(this.#mail, 0, end)));
    }
    return this.#header;
  }

  async #searchPart(part: PartPlace, search: TextSearch, isRoot: boolean): Promise<boolean> {
    if (!isRoot && (await this.#searchHeader(part, search))) return true;
    if (part.kind === 'leaf') return part.mediaType.startsWith('text/') && this.#searchText(part, search);
    for (const child of part.children) if (await this.#searchPart(child, search, false)) return true;
    return false;
  }

  async #searchHeader(part: PartPlace, search: TextSearch): Promise<boolean> {
    if (part.bodyStart === part.headerStart) return false;
    const shift = this.#mail.trace.length;
    const end = Math.min(part.bodyStart, part.headerStart + maxHeaderOctets);
    const header = await this.#mails.read(this.#mail, part.headerStart + shift, end + shift);
    search.restart();
    return search.push(blockText(octetStringOf(header)));
  }

  async #searchText(part: PartPlace, search: TextSearch): Promise<boolean> {
    const decoder = decoderOf(part.encoding) ?? decoderOf('binary')!;
    const shift = this.#mail.trace.length;
    let text: ReturnType<typeof decoderFor> | null = null;
    search.restart();
    for await (const octets of this.#mails.stream(this.#mail, part.bodyStart + shift, part.bodyEnd + shift)) {
      const decoded = decoder.push(octets);
      text ??= decoderFor(part.charset, decoded);
      if (search.push(text.push(decoded))) return true;
    }
    const rest = decoder.finish();
    text ??= decoderFor(part.charset, rest);
    return search.push(text.push(rest) + text.finish());
  }
}

/** A header block as text: its fields unfolded, so that words which touch across lines are joined. */
function blockText(block: string): string {
  return decodeHeaderText(block.replace(/\r?\n(?=[ \t])/g, ''));
}
