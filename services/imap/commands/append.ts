import type { Permit } from '../../../policies/access.ts';
import { flagBits } from '../../domain/mailstore-messages.ts';
import type { Mailbox } from '../../domain/mailstore-state.ts';
import { isRefusal, type Refusal, refuse } from '../../domain/refusals.ts';
import type { AcceptedMail, Arrival } from '../../intake.ts';
import { FilingWatch } from '../../mailstores/filing-watch.ts';
import type { ClientItem } from '../connection.ts';
import type { AppendMessage } from '../protocol/append-arguments.ts';
import type { OfferedMessage } from '../protocol/reader-item.ts';
import { continuation } from '../protocol/reply.ts';
import { bad, ok, type Reply, replyTo, unavailable } from '../replies.ts';
import type { Session } from '../session.ts';

/** How long the reply waits for the UID. The mail is safe by then: without UID the reply is OK all the same. */
const filingWaitMs = 30_000;

/** APPEND (RFC 9051 §6.3.12): the octets go to the intake as they arrive. */
export async function append(session: Session, offered: OfferedMessage): Promise<Reply> {
  const target = await targetOf(session, offered);
  if (isRefusal(target)) {
    session.connection.refuseMessage();
    return target.refused === 'mailboxNotFound' ? { ...replyTo(target), code: 'TRYCREATE' } : replyTo(target);
  }
  const { message } = offered;
  session.connection.acceptMessage();
  if (message.synchronising) session.connection.out.text(continuation('Ready for the message'));
  const arrival = session.services.intake.begin(target.mayChange);
  const received = await receive(session, arrival);
  if (received !== 'complete') {
    arrival.abort();
    return received;
  }
  return finish(session, arrival, message, target);
}

interface Target {
  readonly mayChange: Permit<'changeMail'>;
  readonly mayRead: Permit<'readMail'>;
  readonly mailbox: Mailbox;
  readonly flags: number;
}

/** Everything that can be said before the message comes. */
async function targetOf(session: Session, { mailbox, message }: OfferedMessage): Promise<Target | Refusal> {
  const mayChange = session.ask('changeMail');
  if (isRefusal(mayChange)) return mayChange;
  const mayRead = session.ask('readMail');
  if (isRefusal(mayRead)) return mayRead;
  const found = await session.mailbox(mailbox);
  if (isRefusal(found)) return found;
  const { settings, room } = session.services;
  if (settings.maxMessageOctets > 0 && message.octets > settings.maxMessageOctets)
    return refuse('messageTooLarge');
  if (message.octets > (await room.octetsLeft(session.owner.account))) return refuse('overQuota');
  const flags = await flagsOf(session, message.flags);
  return isRefusal(flags) ? flags : { mayChange, mayRead, mailbox: found, flags };
}

/** Bits of the flags; keywords that are new to the account get theirs now. */
async function flagsOf(session: Session, names: readonly string[]): Promise<number | Refusal> {
  if (names.length === 0) return 0;
  const state = await session.mailstore();
  if (isRefusal(state)) return state;
  const named = flagBits(state.keywords, names, true);
  if (isRefusal(named)) return named;
  if (named.events.length === 0) return named.bits;
  const outcome = await session.execute({ kind: 'nameKeywords', names });
  if (isRefusal(outcome)) return outcome;
  const known = flagBits(outcome.state.keywords, names, false);
  return isRefusal(known) ? known : known.bits;
}

/** Hands the message on as it comes; the reply where it did not come whole or something failed. */
async function receive(session: Session, arrival: Arrival): Promise<'complete' | Reply> {
  let failed: unknown = null;
  for (;;) {
    const item = await session.connection.nextItem();
    if (item?.kind !== 'octets') {
      if (failed === null) return afterOctets(session, item);
      session.services.log.fault('APPEND failed', failed);
      const reply = await afterOctets(session, item);
      return reply === 'complete' ? unavailable : reply;
    }
    // Once something has failed the rest is read and dropped, so that the session can go on.
    if (failed === null) {
      try {
        await arrival.write(ownOctets(item.octets));
      } catch (error) {
        failed = error ?? new Error('the intake failed');
      }
    }
  }
}

/** What follows the last octets: the end of the command, or a reason to leave it. */
async function afterOctets(session: Session, item: ClientItem | null): Promise<'complete' | Reply> {
  const following = item?.kind === 'message-end' ? await session.connection.nextItem() : item;
  switch (following?.kind) {
    case 'append-end':
      return 'complete';
    case 'message':
      // RFC 3502 wants all or nothing, and one acceptance is one mail here.
      session.connection.refuseMessage();
      return bad('One message at a time');
    case 'failure':
      return {
        status: following.status,
        text: following.text,
        ...(following.code === null ? {} : { code: following.code }),
      };
    default:
      // The connection has ended: nobody reads this.
      return unavailable;
  }
}

/** The intake keeps the buffer: octets that share one with what is still to be read are copied. */
function ownOctets(octets: Uint8Array): Uint8Array {
  return octets.length === octets.buffer.byteLength ? octets : new Uint8Array(octets);
}

async function finish(
  session: Session,
  arrival: Arrival,
  message: AppendMessage,
  target: Target,
): Promise<Reply> {
  const { account, address, recorder } = session.owner;
  const watch = new FilingWatch(session.services.mailstores, target.mayRead);
  try {
    const accepted = await arrival.finish({
      source: 'append',
      returnPath: '',
      recipients: [{ account, address }],
      submitterAddress: address,
      peer: { address: session.connection.peer, helo: '', with: 'IMAP', tls: null },
      mailbox: target.mailbox.id,
      flags: target.flags,
      internalDateMs: message.dateMs,
      normalised: false,
    });
    if (isRefusal(accepted)) return replyTo(accepted);
    recorder.acted('append', target.mailbox.id);
    return await replyWithUid(watch, accepted, target.mailbox);
  } finally {
    watch.close();
  }
}

/** APPENDUID (RFC 4315 §3). */
async function replyWithUid(watch: FilingWatch, accepted: AcceptedMail, mailbox: Mailbox): Promise<Reply> {
  const filed = await watch.filed(accepted.message, filingWaitMs);
  if (filed === null || filed.mailbox !== mailbox.id) return ok('Taken');
  return ok('Appended', `APPENDUID ${mailbox.uidValidity} ${filed.uid}`);
}
