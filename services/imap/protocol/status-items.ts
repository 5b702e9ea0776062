import { type Cursor, parenthesised } from './cursor.ts';
import { SyntaxFailure } from './syntax-failure.ts';

/** RFC 9051 §6.3.11; RECENT of RFC 3501, HIGHESTMODSEQ of RFC 7162, APPENDLIMIT of RFC 7889, MAILBOXID of RFC 8474. */
const statusItemNames = [
  'MESSAGES',
  'UIDNEXT',
  'UIDVALIDITY',
  'UNSEEN',
  'DELETED',
  'SIZE',
  'RECENT',
  'HIGHESTMODSEQ',
  'APPENDLIMIT',
  'MAILBOXID',
] as const;

export type StatusItem = (typeof statusItemNames)[number];

/** Reads `(MESSAGES UIDNEXT …)`. */
export function statusItems(cursor: Cursor): StatusItem[] {
  return parenthesised(cursor, () => {
    const item = statusItemNames.find((name) => cursor.takeWord(name));
    if (item === undefined) throw new SyntaxFailure('Unknown STATUS item');
    return item;
  });
}
