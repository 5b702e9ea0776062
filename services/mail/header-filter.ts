/** BODY[HEADER.FIELDS (…)] and BODY[HEADER.FIELDS.NOT (…)] (RFC 9051 §6.4.5). */
import { fieldEnd, fieldName } from './header-fields.ts';

/**
 * The fields of a header block (one octet a character) whose names are among `names` (lower case), or with `except`
 * all others, octet for octet and in their order, and the header's blank line where it has one. A line without a name
 * belongs to no field, and only `except` keeps it.
 */
export function filterHeader(block: string, names: ReadonlySet<string>, except: boolean): string {
  let kept = '';
  for (let start = 0, end: number; start < block.length; start = end) {
    if (isBlankLine(block, start)) return kept + block.slice(start);
    end = fieldEnd(block, start);
    if (names.has(fieldName(block, start, end)) !== except) kept += block.slice(start, end);
  }
  return kept;
}

function isBlankLine(block: string, start: number): boolean {
  return block[start] === '\n' || (block[start] === '\r' && block[start + 1] === '\n');
}
