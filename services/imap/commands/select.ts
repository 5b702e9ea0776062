import { pathOf } from '../../domain/mailstore-naming.ts';
import { isRefusal } from '../../domain/refusals.ts';
import { openMailbox } from '../open-mailbox.ts';
import type { CommandOf } from '../protocol/command.ts';
import { hierarchySeparator, quotedMailboxText } from '../protocol/mailbox-name.ts';
import { bad, ok, type Reply, replyTo, unavailable } from '../replies.ts';
import { tellMissed } from '../resynchronise.ts';
import type { SelectedMailbox } from '../selected-mailbox.ts';
import type { Session } from '../session.ts';
import { tellFlagNames } from '../tell-changes.ts';

/** SELECT and EXAMINE (RFC 9051 §6.3.2, §6.3.3), with CONDSTORE and QRESYNC (RFC 7162 §3.1.8, §3.2.5). */
export async function select(session: Session, command: CommandOf<'SELECT'>): Promise<Reply> {
  if (command.qresync !== null && !session.mode.qresync) return bad('Enable QRESYNC first');
  // RFC 9051 §6.3.2: the mailbox that was selected is left, even when the new one cannot be.
  if (session.selected !== null) {
    session.deselect();
    session.tell('OK [CLOSED] The other mailbox is closed');
  }
  const path = session.path(command.mailbox);
  if (typeof path !== 'string') return replyTo(path);
  const readOnly = command.verb === 'EXAMINE';
  const selected = await openMailbox(session, path, readOnly);
  if (isRefusal(selected)) return replyTo(selected);
  if (command.condstore) session.mode.condstore = true;
  session.owner.recorder.opened(selected.mailbox.id, readOnly ? 'read' : 'write');
  if (!(await session.mayReveal())) {
    session.deselect();
    return unavailable;
  }
  tellMailbox(session, selected);
  if (command.qresync !== null) tellMissed(session, selected, command.qresync);
  return readOnly ? ok('Opened for looking', 'READ-ONLY') : ok('Opened', 'READ-WRITE');
}

function tellMailbox(session: Session, selected: SelectedMailbox): void {
  const { mailbox, numbers, state } = selected;
  tellFlagNames(session, selected);
  session.tell(`${numbers.count} EXISTS`);
  if (!session.mode.rev2) {
    session.tell(`${selected.recentCount} RECENT`);
    const unseen = mailbox.unseen > 0 ? numbers.numberOf(mailbox.rows.firstUnseenUid()) : 0;
    if (unseen > 0) session.tell(`OK [UNSEEN ${unseen}] The first message not seen`);
  }
  session.tell(`OK [UIDVALIDITY ${mailbox.uidValidity}] UIDs are valid`);
  session.tell(`OK [UIDNEXT ${mailbox.uidNext}] The next UID`);
  session.tell(`OK [HIGHESTMODSEQ ${mailbox.changedModseq}] The last change`);
  session.tell(`OK [MAILBOXID (${mailbox.id})] The mailbox`);
  if (session.mode.rev2) {
    session.tell(
      `LIST () "${hierarchySeparator}" ${quotedMailboxText(pathOf(state, mailbox), session.mode)}`,
    );
  }
}
