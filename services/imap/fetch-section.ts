import { filterHeader } from '../mail/header-filter.ts';
import {
  cachedHeader,
  type OctetRange,
  partialRange,
  type ReadableMail,
  type ResolvedSection,
  resolveSection,
  type SectionSpec,
  withTrace,
} from '../mail/sections.ts';
import type { OpenedMail } from '../mailstores/mail-reader.ts';
import { type Soon, soon } from '../memory/soon.ts';
import { type FetchPiece, literalText, maxHeldOctets } from './fetch-piece.ts';
import type { MailAccess } from './mail-access.ts';
import type { SectionItem } from './protocol/fetch-items.ts';
import { octetStringOf } from './protocol/octet-string.ts';
import type { PartialRange, Section, SectionText } from './protocol/section.ts';

/** Of a header that is longer, fields behind this are not looked for. */
const maxFilteredOctets = 4 * 1024 * 1024;

const texts: Readonly<Record<SectionText, SectionSpec['text']>> = {
  CONTENT: 'full',
  HEADER: 'header',
  TEXT: 'text',
  MIME: 'mime',
  'HEADER.FIELDS': 'headerFields',
  'HEADER.FIELDS.NOT': 'headerFieldsNot',
};

/** The octets of `BODY[…]` and its kin (RFC 9051 §6.4.5); NIL where the message has no such part. */
export function sectionPiece(mails: MailAccess, mail: OpenedMail, item: SectionItem): Soon<FetchPiece> {
  const { section, partial, label } = item;
  if (isWhole(section)) return rangePiece(mails, mail, label, cut({ from: 0, to: mail.octets }, partial));
  return soon(mails.structure(mail), (view) => pieceOf(mails, mail, withTrace(view, mail.trace), item));
}

function pieceOf(
  mails: MailAccess,
  mail: OpenedMail,
  readable: ReadableMail,
  item: SectionItem,
): Soon<FetchPiece> {
  const { section, partial, label } = item;
  const found = resolveSection(readable, specOf(section));
  if (found === null) return `${label} NIL`;
  if (found.filter !== 'none') return filteredPiece(mails, mail, readable, found, item);
  const range = cut(found, partial);
  const header = isRootHeader(section) ? cachedHeader(readable) : null;
  if (header === null) return rangePiece(mails, mail, label, range);
  return literalText(label, header.slice(range.from, range.to));
}

/** The whole message needs no structure. */
function isWhole({ part, text }: Section): boolean {
  return part.length === 0 && text === 'CONTENT';
}

function isRootHeader({ part, text }: Section): boolean {
  return part.length === 0 && text === 'HEADER';
}

/** Made once for all messages of a FETCH. */
function specOf(section: Section): SectionSpec {
  const known = specs.get(section);
  if (known !== undefined) return known;
  const { part, text, fields } = section;
  const names = new Set(fields.map((field) => field.toLowerCase()));
  const spec = { path: part, text: texts[text], fields: names };
  specs.set(section, spec);
  return spec;
}

const specs = new WeakMap<Section, SectionSpec>();

function cut(range: OctetRange, partial: PartialRange | null): OctetRange {
  return partial === null ? range : partialRange(range, partial.offset, partial.length);
}

function rangePiece(
  mails: MailAccess,
  mail: OpenedMail,
  label: string,
  { from, to }: OctetRange,
): Soon<FetchPiece> {
  const length = to - from;
  if (length === 0) return { label, octets: new Uint8Array() };
  if (length > maxHeldOctets) return { label, length, stream: mails.stream(mail, from, to) };
  return soon(mails.read(mail, from, to), (octets) => ({ label, octets }));
}

function filteredPiece(
  mails: MailAccess,
  mail: OpenedMail,
  readable: ReadableMail,
  found: ResolvedSection,
  { section, partial, label }: SectionItem,
): Soon<FetchPiece> {
  const cached = section.part.length === 0 ? cachedHeader(readable) : null;
  const header = cached ?? readHeader(mails, mail, found);
  return soon(header, (block) => {
    const kept = filterHeader(block, specOf(section).fields, found.filter === 'except');
    const { from, to } = cut({ from: 0, to: kept.length }, partial);
    return literalText(label, kept.slice(from, to));
  });
}

function readHeader(mails: MailAccess, mail: OpenedMail, { from, to }: OctetRange): Soon<string> {
  return soon(mails.read(mail, from, Math.min(to, from + maxFilteredOctets)), octetStringOf);
}
