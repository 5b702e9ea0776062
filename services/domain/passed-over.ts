/** Members of an addressed group who get no copy of a mail: said in the stream of the mail, so that nobody is left out silently. */
import type { DraftEvent } from './event.ts';
import type { EventType } from './event-type.ts';
import type { Uuid } from './values.ts';

export interface PassedOverMember {
  readonly account: Uuid;
  /** Envelope address of the group. */
  readonly address: string;
}

export const passedOverEvents = {
  MembersPassedOver: {
    version: 1,
    means: 'Members of an addressed group get no copy: their accounts were frozen when the mail came.',
    clear: { accounts: 'uuids', because: 'oneOf:frozen' },
    personal: { addresses: 'for each of them the envelope address of the group' },
  },
} as const satisfies Readonly<Record<string, EventType>>;

/** Up to 500 (`maxRecipientsPerEvent`). */
export function passOver(members: readonly PassedOverMember[]): DraftEvent {
  return {
    type: 'MembersPassedOver',
    version: 1,
    data: { accounts: members.map(({ account }) => account), because: 'frozen' },
    personal: { addresses: members.map(({ address }) => address) },
  };
}
