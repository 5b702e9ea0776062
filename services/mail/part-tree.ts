/** Builds the tree of parts while the scan finds headers, delimiter lines and the end. */
import { Boundaries, type Delimiter } from './boundaries.ts';
import {
  type ContentFields,
  contentFieldNames,
  defaultContent,
  readContentFields,
} from './content-fields.ts';
import { envelopeFields, envelopeText, readEnvelope } from './envelope.ts';
import { readHeaderFields } from './header-fields.ts';
import type { MailPart } from './mail-part.ts';

/**
 * Where the scan stops looking deeper. A multipart or a message inside 100 others is a leaf. When 10,000 parts are
 * open or the headers that were read exceed 4 MiB, no further part is opened: the last one takes the rest of the
 * mail.
 */
export const scanLimits = { maxDepth: 100, maxParts: 10_000, maxHeaderOctetsInAll: 4 * 1024 * 1024 } as const;

/** A place in the mail: octets and line feeds before it. */
export interface Place {
  readonly octets: number;
  readonly lines: number;
}

/** A part whose header or body has not ended yet. */
export interface OpenPart {
  kind: MailPart['kind'];
  readonly parent: OpenPart | null;
  readonly depth: number;
  headerStart: number;
  bodyStart: number;
  bodyEnd: number;
  linesBeforeBody: number;
  bodyLines: number;
  content: ContentFields;
  envelope: string | null;
  readonly children: OpenPart[];
}

/** A delimiter line of a multipart of this tree. */
export type PartDelimiter = Delimiter<OpenPart>;

const messageFields: ReadonlySet<string> = new Set([...envelopeFields, ...contentFieldNames]);

export class PartTree {
  readonly #boundaries = new Boundaries<OpenPart>();
  readonly #root: OpenPart;
  #current: OpenPart;
  #inHeader = true;
  #parts = 0;
  #headerOctets = 0;

  constructor() {
    this.#root = this.#openPart(null, 0);
    this.#current = this.#root;
  }

  /** A line may be a delimiter: some multipart is open. */
  get hasBoundaries(): boolean {
    return this.#boundaries.count > 0;
  }

  /** The next line belongs to a header. */
  get inHeader(): boolean {
    return this.#inHeader;
  }

  /**
   * The header of the current part has ended before `place`; `header` is its text as far as it was kept. A message
   * inside it begins its own header at once.
   */
  endHeader(place: Place, header: string): void {
    const part = this.#current;
    this.#inHeader = false;
    this.#headerOctets += header.length;
    part.bodyStart = place.octets;
    part.linesBeforeBody = place.lines;
    const isMessage = part.parent === null || part.parent.kind === 'message';
    const fields = readHeaderFields(header, isMessage ? messageFields : contentFieldNames);
    part.content = readContentFields(fields, isMessage, isDigest(part.parent));
    if (isMessage) part.envelope = envelopeText(readEnvelope(fields));
    if (this.#mayOpen() && part.depth < scanLimits.maxDepth) this.#openContainer(part);
  }

  #openContainer(part: OpenPart): void {
    const { type, subtype, parameters } = part.content;
    if (isMessageType(type, subtype)) {
      part.kind = 'message';
      this.#openHeader(part, part.bodyStart);
    } else if (type.toLowerCase() === 'multipart') {
      part.kind = 'multipart';
      const boundary = parameters.find((parameter) => parameter.name.toLowerCase() === 'boundary');
      if (boundary) this.#boundaries.open(boundary.value, part);
    }
  }

  /**
   * What a line that begins with `head` delimits; null where it belongs to a header or body. Where no further part
   * may be opened, the line is content, as everything behind it.
   */
  delimiterAt(head: string): PartDelimiter | null {
    const delimiter = this.#boundaries.match(head);
    if (delimiter === null || delimiter.closes || this.#mayOpen()) return delimiter;
    this.#boundaries.clear();
    return null;
  }

  /**
   * A delimiter line follows `before`, the place before the line end that belongs to it: every part inside its
   * multipart ends there.
   */
  delimit(delimiter: PartDelimiter, before: Place): void {
    for (let part = this.#current; part !== delimiter.owner; part = part.parent!) endBody(part, before);
    this.#boundaries.closeInside(delimiter.owner, delimiter.closes);
    this.#current = delimiter.owner;
  }

  /** The delimiter line of `delimit` has ended before `octets`, and the next part begins. */
  beginPart(octets: number): void {
    this.#openHeader(this.#current, octets);
  }

  /** The mail ends at `place`. A header must have been ended before. */
  finish(place: Place): MailPart {
    for (let part: OpenPart | null = this.#current; part; part = part.parent) endBody(part, place);
    return this.#root;
  }

  #mayOpen(): boolean {
    return this.#parts < scanLimits.maxParts && this.#headerOctets < scanLimits.maxHeaderOctetsInAll;
  }

  #openHeader(parent: OpenPart, headerStart: number): void {
    const part = this.#openPart(parent, headerStart);
    parent.children.push(part);
    this.#current = part;
    this.#inHeader = true;
  }

  #openPart(parent: OpenPart | null, headerStart: number): OpenPart {
    this.#parts++;
    return {
      kind: 'leaf',
      parent,
      depth: parent ? parent.depth + 1 : 0,
      headerStart,
      bodyStart: headerStart,
      bodyEnd: headerStart,
      linesBeforeBody: 0,
      bodyLines: 0,
      content: defaultContent(isDigest(parent)),
      envelope: null,
      children: [],
    };
  }
}

/**
 * The line end before a delimiter line belongs to it (RFC 2046 §5.1.1), even where it is the blank line of the
 * part's header, or of the delimiter line before: there is no body then, or no part at all.
 */
function endBody(part: OpenPart, end: Place): void {
  part.headerStart = Math.min(part.headerStart, end.octets);
  part.bodyStart = Math.min(part.bodyStart, end.octets);
  part.bodyEnd = end.octets;
  part.bodyLines = Math.max(0, end.lines - part.linesBeforeBody);
}

function isDigest(part: OpenPart | null): boolean {
  return part?.kind === 'multipart' && part.content.subtype.toLowerCase() === 'digest';
}

/** RFC 2046 §5.2.1 and RFC 6532 §3.7. */
function isMessageType(type: string, subtype: string): boolean {
  const name = subtype.toLowerCase();
  return type.toLowerCase() === 'message' && (name === 'rfc822' || name === 'global');
}
