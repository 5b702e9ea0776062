import { type Cursor, parenthesised } from './cursor.ts';
import { type NumberSet, numberSet } from './sequence-set.ts';
import { largeNumber, positiveNumber } from './strings.ts';
import { SyntaxFailure } from './syntax-failure.ts';

/** RFC 7162 §3.2.5: what the client knows of the mailbox. */
export interface QresyncParameters {
  readonly uidValidity: number;
  readonly modseq: number;
  readonly knownUids: NumberSet | null;
  /** Message numbers and the UIDs that the client knows for them. */
  readonly matching: { readonly numbers: NumberSet; readonly uids: NumberSet } | null;
}

export interface SelectParameters {
  readonly condstore: boolean;
  readonly qresync: QresyncParameters | null;
}

/** Reads ` (CONDSTORE QRESYNC (…))` where it stands. */
export function selectParameters(cursor: Cursor): SelectParameters {
  if (!cursor.take(' ')) return { condstore: false, qresync: null };
  let condstore = false;
  let qresync: QresyncParameters | null = null;
  parenthesised(cursor, () => {
    if (cursor.takeWord('CONDSTORE')) condstore = true;
    else if (cursor.takeWord('QRESYNC')) qresync = qresyncParameters(cursor);
    else throw new SyntaxFailure('Unknown SELECT parameter');
  });
  return { condstore, qresync };
}

function qresyncParameters(cursor: Cursor): QresyncParameters {
  cursor.expectSpace();
  cursor.expect('(', 'the parameters of QRESYNC');
  const uidValidity = positiveNumber(cursor, 'a UIDVALIDITY');
  cursor.expectSpace();
  const modseq = largeNumber(cursor, 'a mod-sequence');
  let more = cursor.take(' ');
  const knownUids = more && cursor.next !== '(' ? numberSet(cursor) : null;
  if (knownUids !== null) more = cursor.take(' ');
  const matching = more ? matchingPairs(cursor) : null;
  cursor.expect(')', 'the end of QRESYNC');
  return { uidValidity, modseq, knownUids, matching };
}

function matchingPairs(cursor: Cursor): { numbers: NumberSet; uids: NumberSet } {
  cursor.expect('(', 'message numbers and UIDs');
  const numbers = numberSet(cursor);
  cursor.expectSpace();
  const uids = numberSet(cursor);
  cursor.expect(')', 'the end of the known numbers');
  return { numbers, uids };
}
