/**
 * A text part written anew in UTF-8, because what is to stand in it cannot be said in its charset or its transfer
 * encoding. Everything else that its header says stays. Pure.
 */
import { fieldEnd, fieldName } from './header-fields.ts';
import type { OctetEdit } from './octet-edits.ts';
import type { PartPlace } from './part-codec.ts';
import { encodedText } from './transfer-encoding.ts';

/**
 * `header`: of the part, its blank line within, in Latin-1. `isRoot`: the header is the mail's own, which without
 * MIME-Version would say nothing of its body (RFC 2045 §4). Offsets count octets of the mail.
 */
export function recodedPart(part: PartPlace, header: string, text: string, isRoot: boolean): OctetEdit[] {
  const { encoding, octets } = encodedText(text);
  const edits: OctetEdit[] = [];
  const seen = new Set<string>();
  for (let start = 0, end: number; start < header.length; start = end) {
    end = fieldEnd(header, start);
    const name = fieldName(header, start, end);
    const isFirst = !seen.has(name);
    seen.add(name);
    const field = fieldInstead(name, header.slice(start, end), encoding, isFirst);
    if (field !== null)
      edits.push({ at: part.headerStart + start, remove: end - start, insert: Buffer.from(field, 'latin1') });
  }
  const added = [
    ...(isRoot && !seen.has('mime-version') ? ['MIME-Version: 1.0\r\n'] : []),
    ...(seen.has('content-type') ? [] : ['Content-Type: text/plain; charset=utf-8\r\n']),
    ...(seen.has('content-transfer-encoding') ? [] : [`Content-Transfer-Encoding: ${encoding}\r\n`]),
  ].join('');
  const ahead: OctetEdit[] =
    added === '' ? [] : [{ at: part.headerStart, remove: 0, insert: Buffer.from(added) }];
  const body = { at: part.bodyStart, remove: part.bodyEnd - part.bodyStart, insert: octets };
  return [...ahead, ...edits, body];
}

/** Null: it stays as it is. A checksum of the body (RFC 1864) would be wrong from here on. */
function fieldInstead(name: string, field: string, encoding: string, isFirst: boolean): string | null {
  if (name === 'content-md5') return '';
  if (name === 'content-transfer-encoding')
    return isFirst ? `Content-Transfer-Encoding: ${encoding}\r\n` : '';
  if (name !== 'content-type' || !isFirst) return null;
  const named = field.replace(/(charset\s*=\s*)("[^"]*"|[^\s;]+)/i, '$1utf-8');
  return named === field && !/charset\s*=/i.test(field)
    ? field.replace(/\s*$/, '; charset=utf-8\r\n')
    : named;
}
