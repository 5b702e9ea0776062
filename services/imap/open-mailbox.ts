import type { LoggedEvent } from '../domain/event.ts';
import { meantPath } from '../domain/known-names.ts';
import { findMailbox } from '../domain/mailstore-naming.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusals.ts';
import { SelectedMailbox } from './selected-mailbox.ts';
import type { Session } from './session.ts';

/**
 * Selects the mailbox of a path: from here on the session learns what happens to it. Watching begins before the
 * state is read, so that no event falls between.
 */
export async function openMailbox(
  session: Session,
  path: string,
  readOnly: boolean,
): Promise<SelectedMailbox | Refusal> {
  const { mailstores } = session.services;
  const permit = session.ask('readMail');
  if (isRefusal(permit)) return permit;
  let selected: SelectedMailbox | null = null;
  const unwatch = mailstores.watch(permit, (event: LoggedEvent) => {
    selected?.note(event);
    if (selected !== null) session.notify?.();
  });
  try {
    const state = await mailstores.open(permit);
    const mailbox = findMailbox(state, meantPath(state, path));
    if (mailbox !== undefined) selected = new SelectedMailbox(state, mailbox, readOnly, session.recents);
  } finally {
    if (selected === null) unwatch();
  }
  if (selected === null) return refuse('mailboxNotFound');
  session.select(selected, unwatch);
  return selected;
}
