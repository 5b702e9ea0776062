/** Random commands to a mailstore, from a seed: what mail programs and filing do, in any order. */
import type { MailstoreCommand } from '../../services/domain/mailstore-commands.ts';
import type { Mailbox, MailstoreState } from '../../services/domain/mailstore-state.ts';
import type { UidRanges } from '../../services/domain/uid-ranges.ts';
import { newFiling } from './mailbox-house.ts';

const names = ['Work', 'Work/2024', 'Work/2025', '已发送', 'Old', 'Old/Deep/Deeper', 'Archive/x'];
const flagSets = [
  ['\\Seen'],
  ['\\Deleted'],
  ['\\Flagged', '$Forwarded'],
  ['\\Answered'],
  ['work'],
  ['urgent', '\\Seen'],
];

export function randomCommand(state: MailstoreState, random: () => number): MailstoreCommand {
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const mailboxes = [...state.mailboxes.values()];
  const mailbox = one(mailboxes);
  const makers: readonly (() => MailstoreCommand)[] = [
    () => ({ kind: 'file', filings: filings(mailboxes, random) }),
    () => ({ kind: 'file', filings: filings(mailboxes, random) }),
    () => ({
      kind: 'changeFlags',
      mailbox: mailbox.id,
      uids: someUids(mailbox, random),
      mode: 'add',
      names: one(flagSets),
    }),
    () => ({
      kind: 'changeFlags',
      mailbox: mailbox.id,
      uids: someUids(mailbox, random),
      mode: 'replace',
      names: one(flagSets),
    }),
    () => ({ kind: 'copy', from: mailbox.id, uids: someUids(mailbox, random), to: one(mailboxes).id }),
    () => ({ kind: 'move', from: mailbox.id, uids: someUids(mailbox, random), to: one(mailboxes).id }),
    () => ({ kind: 'expungeDeleted', mailbox: mailbox.id, uids: null }),
    () => ({ kind: 'expunge', mailbox: mailbox.id, uids: someUids(mailbox, random) }),
    () => ({ kind: 'createMailbox', path: one(names), role: 'none' }),
    () => ({
      kind: 'renameMailbox',
      path: one([...names, 'INBOX']),
      newPath: `${one(names)}-${Math.floor(random() * 1000)}`,
    }),
    () => ({ kind: 'deleteMailbox', path: one(names) }),
    () => ({ kind: 'subscribe', path: one(names), subscribed: random() < 0.5 }),
  ];
  return one(makers)();
}

function filings(mailboxes: readonly Mailbox[], random: () => number) {
  const mailbox = mailboxes[Math.floor(random() * mailboxes.length)]!.id;
  const count = random() < 0.1 ? 300 + Math.floor(random() * 600) : 1 + Math.floor(random() * 20);
  return Array.from({ length: count }, () => newFiling({ mailbox, flags: Math.floor(random() * 32) }));
}

/** Mostly a few; sometimes whole pages, so that pages become empty. */
function someUids({ uidNext }: Mailbox, random: () => number): UidRanges {
  const first = 1 + Math.floor(random() * uidNext);
  const length = random() < 0.2 ? 600 : Math.floor(random() * 10);
  return [first, first + length];
}
