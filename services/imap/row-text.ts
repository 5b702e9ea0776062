import type { RowPlace } from '../domain/mailbox-rows.ts';
import type { RowItem } from './fetch-plan.ts';
import { dateTimeText } from './protocol/dates.ts';
import type { OctetString } from './protocol/octet-string.ts';
import type { Session } from './session.ts';
import { flagsText } from './tell-changes.ts';

/** Makes the text of the row items of one message: `UID 7 FLAGS (\Seen)`. */
export type RowText = (place: RowPlace, uid: number) => OctetString;

/** The writers of a FETCH's row items, made once for all of its messages. */
export function rowText(session: Session, items: readonly RowItem[]): RowText {
  const writers = items.map((item) => writerOf(session, item));
  if (writers.length === 1) return writers[0]!;
  return (place, uid) => {
    let text = '';
    for (const write of writers) text += text === '' ? write(place, uid) : ` ${write(place, uid)}`;
    return text;
  };
}

function writerOf(session: Session, item: RowItem): RowText {
  const { view } = session;
  const { rows } = view.mailbox;
  switch (item) {
    case 'UID':
      return (_, uid) => `UID ${uid}`;
    case 'FLAGS':
      return (place) => `FLAGS (${flagsText(session, view, place)})`;
    case 'INTERNALDATE':
      return (place) => `INTERNALDATE ${dateTimeText(rows.dateMsAt(place))}`;
    case 'RFC822.SIZE':
      return (place) => `RFC822.SIZE ${rows.sizeOctetsAt(place)}`;
    case 'MODSEQ':
      return (place) => `MODSEQ (${rows.modseqAt(place)})`;
    // RFC 8474 §5.1, §5.2.
    case 'EMAILID':
      return (place) => `EMAILID (${rows.messageAt(place)})`;
    case 'THREADID':
      return (place) => `THREADID (${rows.threadAt(place)})`;
  }
}
