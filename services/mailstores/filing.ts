/** What an event of recipients that go on says to mailstores. */
import { idOf, type LoggedEvent } from '../domain/event.ts';
import { goingOn } from '../domain/going-on.ts';
import type { Filing } from '../domain/mailstore-messages.ts';
import { nilUuid } from '../domain/message.ts';
import type { Uuid } from '../domain/values.ts';

/** The same for each account that the event names. */
export function filingOf({ epoch, position, stream, data }: LoggedEvent): Filing {
  return {
    message: idOf(stream),
    mailbox: data['mailbox'] as Uuid | null,
    sizeOctets: data['sizeOctets'] as number,
    dateMs: data['internalDate'] as number,
    flags: data['flags'] as number,
    thread: data['thread'] as Uuid,
    causeEpoch: epoch,
    causePosition: position,
  };
}

/** The accounts here among the recipients that go on by it. */
export function accountsOf(event: LoggedEvent): Uuid[] {
  return goingOn(event).flatMap(({ account }) => (account === nilUuid ? [] : [account]));
}
