/**
 * Sections of a message (RFC 9051 §6.4.5.1): which octets `BODY[2.1.HEADER]` means. Readers get trace text and
 * blob as one (`docs/formats.md` §Trace text): the trace text is the beginning of the message's own header. This
 * file is where offsets of the blob become offsets as read.
 */
import type { PartPlace } from './part-codec.ts';
import type { StructureView } from './structure-codec.ts';

export interface SectionSpec {
  /** Part numbers; empty for the message itself. */
  readonly path: readonly number[];
  /** `mime` only behind a part number. */
  readonly text: 'full' | 'header' | 'text' | 'mime' | 'headerFields' | 'headerFieldsNot';
  /** For the last two: field names, lower case. */
  readonly fields: ReadonlySet<string>;
}

/** Octets [from, to) of the message as read. */
export interface OctetRange {
  readonly from: number;
  readonly to: number;
}

export interface ResolvedSection extends OctetRange {
  /** Whether `filterHeader` makes the section out of these octets, and how. */
  readonly filter: 'none' | 'only' | 'except';
}

/** A message as readers get it: trace text, then the blob. */
export interface ReadableMail {
  readonly view: StructureView;
  readonly trace: Uint8Array;
  /** RFC822.SIZE. */
  readonly octets: number;
}

export function withTrace(view: StructureView, trace: Uint8Array): ReadableMail {
  return { view, trace, octets: trace.length + view.blobOctets };
}

/**
 * Where a section lies; null where the message has no such part. A header or text of a part that is no message
 * is empty.
 */
export function resolveSection(mail: ReadableMail, spec: SectionSpec): ResolvedSection | null {
  if (spec.path.length === 0 && spec.text === 'full') return { from: 0, to: mail.octets, filter: 'none' };
  const part = findPart(mail.view.root, spec.path);
  return part && { ...asRead(mail, sectionOf(part, spec)), filter: filterOf(spec) };
}

function filterOf({ text }: SectionSpec): ResolvedSection['filter'] {
  if (text === 'headerFields') return 'only';
  return text === 'headerFieldsNot' ? 'except' : 'none';
}

interface PartSection {
  readonly part: PartPlace;
  readonly area: 'header' | 'body';
}

function sectionOf(part: PartPlace, { path, text }: SectionSpec): PartSection {
  if (text === 'full') return { part, area: 'body' };
  if (text === 'mime') return { part, area: 'header' };
  const message = path.length === 0 ? part : part.kind === 'message' ? part.children[0]! : emptyPart(part);
  return { part: message, area: text === 'text' ? 'body' : 'header' };
}

/** The trace text stands before the root's header and belongs to it. */
function asRead(mail: ReadableMail, { part, area }: PartSection): OctetRange {
  const shift = mail.trace.length;
  if (area === 'body') return { from: part.bodyStart + shift, to: part.bodyEnd + shift };
  return { from: part === mail.view.root ? 0 : part.headerStart + shift, to: part.bodyStart + shift };
}

/** The part of those numbers (RFC 9051 §6.4.5.1, "Part numbers"); null where there is none. */
export function findPart(root: PartPlace, path: readonly number[]): PartPlace | null {
  let part: PartPlace | null = root;
  for (const [index, number] of path.entries()) {
    // A message that is no multipart has its body as part 1; inside it, numbers mean the message that it holds.
    const container: PartPlace = index > 0 && part.kind === 'message' ? part.children[0]! : part;
    if (container.kind === 'multipart') part = childOf(container, number);
    else part = number === 1 && (index === 0 || container !== part) ? container : null;
    if (part === null) return null;
  }
  return part;
}

/** A multipart without parts shows one empty part (see `body-structure.ts`). */
function childOf(multipart: PartPlace, number: number): PartPlace | null {
  if (multipart.children.length === 0 && number === 1) return emptyPart(multipart);
  return multipart.children[number - 1] ?? null;
}

function emptyPart(part: PartPlace): PartPlace {
  const place = part.bodyEnd;
  return {
    ...part,
    kind: 'leaf',
    headerStart: place,
    bodyStart: place,
    bodyEnd: place,
    bodyLines: 0,
    children: [],
  };
}

/** `<offset.octets>` of a partial FETCH, within the section's end. */
export function partialRange(range: OctetRange, offset: number, octets: number): OctetRange {
  const from = Math.min(range.from + offset, range.to);
  return { from, to: Math.min(from + octets, range.to) };
}

/** A range as read, as its piece of the trace text and the range of the blob behind it. */
export function splitRange(
  { trace }: Pick<ReadableMail, 'trace'>,
  range: OctetRange,
): { trace: Uint8Array; blob: OctetRange } {
  const shift = trace.length;
  return {
    trace: trace.subarray(range.from, range.to),
    blob: { from: Math.max(0, range.from - shift), to: Math.max(0, range.to - shift) },
  };
}

/**
 * The message's header as read, one character an octet, where the structure row has the whole of it; null where it must
 * be read.
 */
export function cachedHeader({ view, trace }: ReadableMail): string | null {
  const { header, headerOctets } = view;
  return header.length < headerOctets ? null : latin1(trace) + latin1(header);
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}
