/**
 * Which parts of a mail are its text, in which form, and which are attached: RFC 8621 §4.1.4. Pure, over parts of
 * which type, disposition and name are known.
 */

export interface BodyPart {
  /** Number of the part (RFC 9051 §6.4.5.1); null for a multipart. */
  readonly partId: string | null;
  /** Lower case, `text/plain`. */
  readonly type: string;
  /** Lower case; null where the part does not say. */
  readonly disposition: string | null;
  /** File name; null where there is none. */
  readonly name: string | null;
  /** Of a multipart. */
  readonly subParts: readonly BodyPart[];
}

export interface BodyLists<P extends BodyPart> {
  readonly textBody: readonly P[];
  readonly htmlBody: readonly P[];
  readonly attachments: readonly P[];
}

export function bodyLists<P extends BodyPart>(root: P): BodyLists<P> {
  const lists = { textBody: [] as P[], htmlBody: [] as P[], attachments: [] as P[] };
  const whole = { text: lists.textBody, html: lists.htmlBody, attachments: lists.attachments };
  new Multipart(whole, 'mixed', false).sort([root]);
  return lists;
}

/** Where parts are collected. Text or HTML is null where the other one is being read of an alternative. */
interface Collected<P> {
  readonly text: P[] | null;
  readonly html: P[] | null;
  readonly attachments: P[];
}

/** The parts of one multipart, in their order. */
class Multipart<P extends BodyPart> {
  #into: Collected<P>;
  readonly #subtype: string;
  /** Somewhere inside a multipart/alternative. */
  readonly #inAlternative: boolean;

  constructor(into: Collected<P>, subtype: string, inAlternative: boolean) {
    this.#into = into;
    this.#subtype = subtype;
    this.#inAlternative = inAlternative;
  }

  sort(parts: readonly P[]): void {
    const { text, html } = this.#into;
    const [textBefore, htmlBefore] = [text?.length ?? 0, html?.length ?? 0];
    for (const [i, part] of parts.entries()) {
      if (part.type.startsWith('multipart/')) this.#sortInner(part);
      else if (isInline(part, i, this.#subtype)) this.#sortInline(part);
      else this.#into.attachments.push(part);
    }
    if (this.#subtype === 'alternative' && text && html) fillOther(text, textBefore, html, htmlBefore);
  }

  #sortInner({ type, subParts }: P): void {
    const subtype = type.slice('multipart/'.length);
    const inAlternative = this.#inAlternative || subtype === 'alternative';
    new Multipart(this.#into, subtype, inAlternative).sort(subParts as readonly P[]);
  }

  #sortInline(part: P): void {
    if (this.#subtype === 'alternative') return this.#sortAlternative(part);
    // Inside one branch of an alternative, text of one kind ends the collecting of the other.
    if (this.#inAlternative && part.type === 'text/plain') this.#into = { ...this.#into, html: null };
    if (this.#inAlternative && part.type === 'text/html') this.#into = { ...this.#into, text: null };
    const { text, html, attachments } = this.#into;
    text?.push(part);
    html?.push(part);
    if ((!text || !html) && isMedia(part.type)) attachments.push(part);
  }

  #sortAlternative(part: P): void {
    const { text, html, attachments } = this.#into;
    if (part.type === 'text/plain') text?.push(part);
    else if (part.type === 'text/html') html?.push(part);
    else attachments.push(part);
  }
}

/** Where the alternatives have text of one kind only, it stands for both. */
function fillOther<P>(text: P[], textBefore: number, html: P[], htmlBefore: number): void {
  if (text.length === textBefore) text.push(...html.slice(htmlBefore));
  else if (html.length === htmlBefore) html.push(...text.slice(textBefore));
}

/** Part of what is read, and no attachment. */
function isInline({ type, disposition, name }: BodyPart, i: number, subtype: string): boolean {
  if (disposition === 'attachment') return false;
  if (type !== 'text/plain' && type !== 'text/html' && !isMedia(type)) return false;
  // In a multipart/related, everything behind the first part serves it; a later text with a name is a file.
  return i === 0 || (subtype !== 'related' && (isMedia(type) || name === null));
}

function isMedia(type: string): boolean {
  return /^(?:image|audio|video)\//.test(type);
}
