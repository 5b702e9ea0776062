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
import { type FetchPiece, maxHeldOctets } from './fetch-piece.ts';
import type { MailAccess } from './mail-access.ts';
import type { SectionItem } from './protocol/fetch-items.ts';
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
export async function sectionPiece(
  mails: MailAccess,
  mail: OpenedMail,
  item: SectionItem,
): Promise<FetchPiece> {
  const { section, partial, label } = item;
  if (isWhole(section)) return rangePiece(mails, mail, label, cut({ from: 0, to: mail.octets }, partial));
  const readable = withTrace(await mails.structure(mail), mail.trace);
  const found = resolveSection(readable, specOf(section));
  if (found === null) return `${label} NIL`;
  if (found.filter !== 'none') return { label, octets: await filtered(mails, mail, readable, found, item) };
  const range = cut(found, partial);
  const header = isRootHeader(section) ? cachedHeader(readable) : null;
  if (header !== null) return { label, octets: header.subarray(range.from, range.to) };
  return rangePiece(mails, mail, label, range);
}

/** The whole message needs no structure. */
function isWhole({ part, text }: Section): boolean {
  return part.length === 0 && text === 'CONTENT';
}

function isRootHeader({ part, text }: Section): boolean {
  return part.length === 0 && text === 'HEADER';
}

function specOf({ part, text, fields }: Section): SectionSpec {
  return { path: part, text: texts[text], fields: fields.map((field) => field.toLowerCase()) };
}

function cut(range: OctetRange, partial: PartialRange | null): OctetRange {
  return partial === null ? range : partialRange(range, partial.offset, partial.length);
}

async function rangePiece(
  mails: MailAccess,
  mail: OpenedMail,
  label: string,
  { from, to }: OctetRange,
): Promise<FetchPiece> {
  const length = to - from;
  if (length > maxHeldOctets) return { label, length, stream: mails.stream(mail, from, to) };
  return { label, octets: length === 0 ? new Uint8Array() : await mails.read(mail, from, to) };
}

async function filtered(
  mails: MailAccess,
  mail: OpenedMail,
  readable: ReadableMail,
  found: ResolvedSection,
  { section, partial }: SectionItem,
): Promise<Uint8Array> {
  const cached = section.part.length === 0 ? cachedHeader(readable) : null;
  const header =
    cached ?? (await mails.read(mail, found.from, Math.min(found.to, found.from + maxFilteredOctets)));
  const names = new Set(specOf(section).fields);
  const octets = filterHeader(header, names, found.filter === 'except');
  const { from, to } = cut({ from: 0, to: octets.length }, partial);
  return octets.subarray(from, to);
}
