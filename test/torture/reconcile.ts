/** Holds what a restarted server shows against the record, and takes over what was on its way when it was killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImapClient } from '../support/imap-client.ts';
import { type AccountRecord, type InFlight, PromiseBroken, type ShownMessage } from './mail-record.ts';
import { list, select } from './mailbox-listing.ts';

type Listing = ReadonlyMap<number, ShownMessage>;

/** How long acknowledged mails may take to be filed before they count as lost. */
const filingPatienceMs = 30_000;

/** Throws `PromiseBroken`. */
export async function reconcile(account: AccountRecord, client: ImapClient): Promise<void> {
  const found = new Map<string, Listing>();
  for (const mailbox of account.mailboxes.values()) {
    await select(client, mailbox);
    found.set(mailbox.name, await list(client));
  }
  for (const command of account.inFlight) settle(account, command, found);
  account.inFlight.clear();
  for (const mailbox of account.mailboxes.values()) account.shown(mailbox, found.get(mailbox.name)!);
  await untilFiled(account, client);
  assertNothingTwice(account);
}

/** The reaction that files goes on behind the start. */
async function untilFiled(account: AccountRecord, client: ImapClient): Promise<void> {
  const inbox = account.mailbox('INBOX');
  for (let waitedMs = 0; account.owed.size > 0; waitedMs += 20) {
    if (waitedMs > filingPatienceMs)
      throw new PromiseBroken(`${account.name}: acknowledged, but never filed: ${[...account.owed]}`);
    await sleep(20);
    await select(client, inbox);
    account.shown(inbox, await list(client));
  }
}

function assertNothingTwice(account: AccountRecord): void {
  const { tokens } = account;
  const twice = tokens.filter((token, i) => tokens.indexOf(token) !== i);
  if (twice.length > 0) throw new PromiseBroken(`${account.name}: there twice: ${twice}`);
}

/** Where a trace of the command is found, all of it must have happened; else nothing has. */
function settle(account: AccountRecord, command: InFlight, found: ReadonlyMap<string, Listing>): void {
  const mailbox = account.mailbox(command.mailbox);
  const listed = found.get(command.mailbox)!;
  if (command.kind === 'append') {
    const uid = uidOf(listed, command.token);
    if (uid !== undefined) mailbox.show(uid, { token: command.token, flags: command.flags, modseq: null });
    return;
  }
  if (command.kind === 'store') {
    const { uids, flags } = command;
    const before = (uid: number): string => mailbox.messages.get(uid)!.flags.join();
    if (!uids.some((uid) => listed.has(uid) && listed.get(uid)!.flags.join() !== before(uid))) return;
    for (const uid of uids) mailbox.show(uid, { ...mailbox.messages.get(uid)!, flags, modseq: null });
    return;
  }
  if (command.uids.every((uid) => listed.has(uid))) return;
  for (const uid of command.uids) {
    const { token, flags } = mailbox.remove(uid);
    if (command.kind === 'move') settleMoved(account, command.to, token, flags, found.get(command.to)!);
  }
}

function settleMoved(
  account: AccountRecord,
  to: string,
  token: string,
  flags: readonly string[],
  listed: Listing,
): void {
  const uid = uidOf(listed, token);
  if (uid === undefined) throw new PromiseBroken(`${account.name} ${to}: ${token} was lost on its way there`);
  account.mailbox(to).show(uid, { token, flags, modseq: null });
}

function uidOf(listed: Listing, token: string): number | undefined {
  return [...listed].find(([, message]) => message.token === token)?.[0];
}
