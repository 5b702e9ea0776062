import { type Cursor, parenthesised } from './cursor.ts';
import { looseFlagList } from './flags.ts';
import { largeNumber } from './strings.ts';
import { SyntaxFailure } from './syntax-failure.ts';

export interface StoreArguments {
  readonly action: 'add' | 'remove' | 'replace';
  /** `.SILENT`: the client does not want the new flags back. */
  readonly silent: boolean;
  readonly flags: readonly string[];
  /** RFC 7162 §3.1.3: messages with a higher MODSEQ stay as they are; null where not asked for. */
  readonly unchangedSince: number | null;
}

const itemPattern = /[+-]?FLAGS(?:\.SILENT)?(?= )/iy;

/** What stands behind the sequence set of STORE and its space. */
export function storeArguments(cursor: Cursor): StoreArguments {
  const unchangedSince = cursor.next === '(' ? storeModifiers(cursor) : null;
  const item = cursor.match(itemPattern)?.toUpperCase();
  if (item === undefined) throw new SyntaxFailure('Expected FLAGS, +FLAGS or -FLAGS');
  cursor.expectSpace();
  const action = item.startsWith('+') ? 'add' : item.startsWith('-') ? 'remove' : 'replace';
  return { action, silent: item.endsWith('.SILENT'), flags: looseFlagList(cursor), unchangedSince };
}

function storeModifiers(cursor: Cursor): number | null {
  let unchangedSince: number | null = null;
  parenthesised(cursor, () => {
    if (!cursor.takeWord('UNCHANGEDSINCE')) throw new SyntaxFailure('Unknown STORE modifier');
    cursor.expectSpace();
    unchangedSince = largeNumber(cursor, 'a mod-sequence');
  });
  cursor.expectSpace();
  return unchangedSince;
}
