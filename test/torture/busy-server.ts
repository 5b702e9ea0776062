/** A server with two accounts, and everybody who makes it busy: peers that send, sessions that file and flag. */
import { ImapClient } from '../support/imap-client.ts';
import { addressOf, passwordOf, type RealServer } from '../support/real-server.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { WireEnded } from '../support/wire.ts';
import { type ActorParts, ImapActor } from './imap-actor.ts';
import { AccountRecord } from './mail-record.ts';
import { SmtpActor } from './smtp-actor.ts';

export const accountNames = ['wang', 'li'];
const senders = 3;
/** Each session of an account has two mailboxes to itself; INBOX gets what is sent. */
const pairs = [
  ['INBOX', 'Kept'],
  ['Drafts', 'Sent'],
] as const;

/** Fresh records of the accounts, which know of one another. */
export function newRecords(): AccountRecord[] {
  const records = accountNames.map((name) => new AccountRecord(name, pairs.flat()));
  for (const record of records) record.fellows.push(...records.filter((other) => other !== record));
  return records;
}

/** The mailboxes that are not there from the start; the acknowledgement of the last one. */
export async function makeMailboxes({ ports }: RealServer): Promise<string> {
  let tag = '';
  for (const name of accountNames) {
    const client = await ImapClient.login(ports.imap, addressOf(name), passwordOf(name));
    for (const mailbox of pairs.flat()) tag = (await client.command(`CREATE "${mailbox}"`)).tag;
    await client.logout();
  }
  return tag;
}

export interface BusyPeople {
  readonly sessions: readonly { readonly account: string; readonly actor: ImapActor }[];
  readonly senders: readonly SmtpActor[];
  /** Resolves when so many acknowledgements have come; rejects when somebody was told something wrong. */
  readonly acknowledged: Promise<void>;
  /** Resolves with the number of acknowledgements, when the server has gone. */
  readonly ended: Promise<number>;
}

/** Lets everybody begin. */
export function makeBusy(
  { ports }: RealServer,
  records: readonly AccountRecord[],
  random: () => number,
  { newToken, enough }: { newToken: () => string; enough: number },
): BusyPeople {
  let count = 0;
  const due = Promise.withResolvers<void>();
  const onAck = (): void => {
    if (++count === enough) due.resolve();
  };
  const parts = (): ActorParts => ({ random: seededRandom(Math.floor(random() * 2 ** 32)), newToken, onAck });
  const smtp = Array.from({ length: senders }, () => new SmtpActor(records, parts()));
  const sessions = records.flatMap((record) =>
    pairs.map((pair) => ({ account: record.name, actor: new ImapActor(record, pair, parts()) })),
  );
  const running = Promise.all([
    ...smtp.map((actor) => actor.run(ports.smtp).catch(endedOrThrow)),
    ...sessions.map(({ actor }) => actor.run(ports.imap).catch(endedOrThrow)),
  ]);
  const ended = running.then(() => count);
  return { sessions, senders: smtp, acknowledged: Promise.race([due.promise, ended.then(() => {})]), ended };
}

function endedOrThrow(error: unknown): void {
  if (!(error instanceof WireEnded)) throw error;
}
