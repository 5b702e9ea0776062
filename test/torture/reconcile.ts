/** Holds what a restarted server shows against the record, and takes over what was on its way when it went. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapClient } from '../support/imap-client.ts';
import { addressOf, passwordOf, type RealServer } from '../support/real-server.ts';
import type { AccountRecord, Change, ChangeCommand } from './mail-record.ts';
import { announcement, listItems, listing } from './mailbox-listing.ts';
import { type MailboxRecord, PromiseBroken, type ShownMessage } from './mailbox-record.ts';

type Listing = ReadonlyMap<number, ShownMessage>;

/** How long acknowledged mails may take to be filed before they count as lost. */
const filingPatienceMs = 30_000;

/** Throws `PromiseBroken`. */
export async function reconcile({ ports }: RealServer, account: AccountRecord): Promise<void> {
  const client = await ImapClient.login(ports.imap, addressOf(account.name), passwordOf(account.name));
  await client.ok('ENABLE CONDSTORE');
  const found = new Map<string, Listing>();
  for (const mailbox of account.mailboxes.keys()) found.set(mailbox, await look(client, account, mailbox));
  for (const command of account.inFlight) settle(account, command, found);
  account.inFlight.clear();
  for (const [mailbox, listed] of found) account.listed(mailbox, listed);
  await untilFiled(account, client);
  await client.logout();
  assertNothingTwice(account);
}

async function look(client: ImapClient, account: AccountRecord, mailbox: string): Promise<Listing> {
  account.announced(mailbox, announcement(await client.ok(`SELECT "${mailbox}"`)));
  return listing(await client.ok(`UID FETCH 1:* (${listItems})`));
}

/** The reaction that files goes on behind the start. */
async function untilFiled(account: AccountRecord, client: ImapClient): Promise<void> {
  for (let waitedMs = 0; account.owed.size > 0; waitedMs += 20) {
    if (waitedMs > filingPatienceMs)
      throw new PromiseBroken(`${account.name}: acknowledged, but never filed: ${[...account.owed]}`);
    await sleep(20);
    account.listed('INBOX', await look(client, account, 'INBOX'));
  }
}

function assertNothingTwice({ name, tokens }: AccountRecord): void {
  const twice = tokens.filter((token, i) => tokens.indexOf(token) !== i);
  if (twice.length > 0) throw new PromiseBroken(`${name}: there twice: ${twice}`);
}

/**
 * Where a trace of the command is found, all of it must have happened; else nothing has. The comparison behind it
 * then finds what is neither.
 */
function settle(account: AccountRecord, command: ChangeCommand, found: ReadonlyMap<string, Listing>): void {
  const mailbox = account.mailbox(command.mailbox);
  const listed = found.get(command.mailbox)!;
  if (command.kind === 'append') {
    const uid = uidOf(listed, command.token);
    if (uid !== undefined) account.appended(command, uid);
  } else if (command.kind === 'store') {
    if (command.uids.some((uid) => isChanged(mailbox, uid, listed.get(uid)))) account.stored(command);
  } else if (command.uids.some((uid) => !listed.has(uid))) {
    if (command.kind === 'move') account.moved(command, movedPairs(account, command, found.get(command.to)!));
    else account.expunged(command);
  }
}

function isChanged({ messages }: MailboxRecord, uid: number, found: ShownMessage | undefined): boolean {
  return found !== undefined && found.flags.join() !== messages.get(uid)!.flags.join();
}

function movedPairs(
  account: AccountRecord,
  { mailbox, uids, to }: Change<'move'>,
  listed: Listing,
): [number, number][] {
  return uids.map((uid) => {
    const { token } = account.mailbox(mailbox).messages.get(uid)!;
    const newUid = uidOf(listed, token);
    if (newUid === undefined)
      throw new PromiseBroken(`${account.name}: ${token} was lost on its way to ${to}`);
    return [uid, newUid];
  });
}

function uidOf(listed: Listing, token: string): number | undefined {
  return [...listed].find(([, message]) => message.token === token)?.[0];
}
