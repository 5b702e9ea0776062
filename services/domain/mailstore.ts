/**
 * Stream `mailstore-<account uuid>`: one account's mailboxes and what is filed in them. One stream, so that
 * MOVE, COPY, RENAME of a tree and "name already taken" are one append.
 *
 * The room: facts (here), `mailstore-state.ts` (state and evolve), `mailstore-commands.ts` (commands and the
 * one `decide`), `mailstore-naming.ts` (mailbox names and tree), `mailstore-messages.ts` (filing, flags, copies).
 */
import { defineEvents } from './event-type.ts';

export const mailstoreEvents = defineEvents({
  MailstoreOpened: {
    version: 1,
    means: 'The account has a place for mail; its standard mailboxes follow.',
    clear: { account: 'uuid' },
  },
  MailboxCreated: {
    version: 1,
    means: 'A mailbox exists from here on.',
    clear: {
      mailbox: 'uuid',
      parent: 'uuid?',
      /** RFC 9051 §2.3.1.1: greater than any that the account has had. */
      uidValidity: 'integer',
      role: 'oneOf:none|inbox|sent|drafts|trash|junk|archive',
    },
    personal: { name: 'its name below its parent' },
  },
  MailboxRenamed: {
    version: 1,
    means: 'A mailbox has another name or parent; what is below it follows.',
    clear: { mailbox: 'uuid', parent: 'uuid?' },
    personal: { name: 'its new name below its parent' },
  },
  MailboxDeleted: {
    version: 1,
    means:
      'A mailbox is gone, with all that was filed in it. The messages themselves stay until retention decides.',
    clear: { mailbox: 'uuid' },
  },
  MailboxSubscribed: {
    version: 1,
    means: 'The owner subscribed to a mailbox or no longer does.',
    clear: { mailbox: 'uuid', subscribed: 'boolean' },
  },
  UidValiditiesRenewed: {
    version: 1,
    means:
      'The log was restored, and UIDs that were shown before may be given again: mailboxes got new UIDVALIDITYs.',
    /** The first of `mailboxes` has `firstUidValidity`, the next one more, and so on. */
    clear: { mailboxes: 'uuids', firstUidValidity: 'integer' },
  },
  MessagesFiled: {
    version: 1,
    means: 'Messages new to the account were filed; one column per property, one entry per message.',
    clear: {
      mailbox: 'uuid',
      firstUid: 'integer',
      messages: 'uuids',
      /** RFC822.SIZE: trace text and blob. */
      sizes: 'integers',
      /** INTERNALDATE, UTC ms. */
      dates: 'integers',
      flags: 'integers',
      threads: 'uuids',
      /** Epoch and position of the last `RecipientsResolved` that this append takes in. */
      causeEpoch: 'integer',
      causePosition: 'integer',
    },
  },
  MessagesCopied: {
    version: 1,
    means: 'Messages were copied to another mailbox of the account, in the order of their UIDs.',
    clear: { from: 'uuid', uids: 'ranges', to: 'uuid', firstUid: 'integer' },
  },
  MessagesMoved: {
    version: 1,
    means: 'Messages were moved to another mailbox of the account, in the order of their UIDs.',
    clear: { from: 'uuid', uids: 'ranges', to: 'uuid', firstUid: 'integer' },
  },
  KeywordNamed: {
    version: 1,
    means: 'A keyword got its bit in this account.',
    clear: { bit: 'integer' },
    personal: { name: 'the keyword' },
  },
  FlagsChanged: {
    version: 1,
    means: 'Flags were cleared, then set, on all of these messages.',
    clear: { mailbox: 'uuid', uids: 'ranges', clear: 'integer', set: 'integer' },
  },
  MessagesExpunged: {
    version: 1,
    means: 'Messages were removed from a mailbox by their owner.',
    clear: { mailbox: 'uuid', uids: 'ranges' },
  },
});

export type MailboxRole = 'none' | 'inbox' | 'sent' | 'drafts' | 'trash' | 'junk' | 'archive';

/** What every account begins with, in the order of creation. Names are what mail programs expect to find. */
export const standardMailboxes: readonly { readonly name: string; readonly role: MailboxRole }[] = [
  { name: 'INBOX', role: 'inbox' },
  { name: 'Drafts', role: 'drafts' },
  { name: 'Sent', role: 'sent' },
  { name: 'Archive', role: 'archive' },
  { name: 'Junk', role: 'junk' },
  { name: 'Trash', role: 'trash' },
];

export const mailstoreLimits = {
  maxMailboxes: 2000,
  maxDepth: 20,
  maxNameOctets: 255,
  maxMessagesPerMailbox: 2_000_000,
  maxFiledPerEvent: 4000,
  maxRenewedPerEvent: 1000,
  /** Numbers in the ranges of one event: what fits into a record with room to spare. */
  maxRangeNumbers: 40_000,
} as const;
