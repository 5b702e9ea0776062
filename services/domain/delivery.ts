/**
 * Stream `delivery-<uuid>`: one recipient elsewhere of one accepted mail. Its id follows from the message and the
 * recipient's ordinal, so that whoever asks for it twice gets it once, and an erasure finds it.
 */
import { createHash } from 'node:crypto';
import type { DraftEvent } from './event.ts';
import { defineEvents } from './event-type.ts';
import { drafterOf } from './fact.ts';
import { type Uuid, uuidV8 } from './values.ts';

export const deliveryEvents = defineEvents({
  DeliveryQueued: {
    version: 1,
    means: 'An accepted mail is to be sent on to a recipient elsewhere.',
    clear: {
      message: 'uuid',
      /** Of the recipient, among all of the message. */
      ordinal: 'integer',
      /** Trace text and blob. */
      sizeOctets: 'integer',
    },
    personal: { recipient: 'the envelope address' },
  },
});

const draft = drafterOf(deliveryEvents);

/** Id of the delivery of a message to its recipient of that ordinal. */
export function deliveryId(message: Uuid, ordinal: number): Uuid {
  return uuidV8(createHash('sha256').update(`delivery ${message} ${ordinal}`).digest());
}

export function queueDelivery(
  message: Uuid,
  ordinal: number,
  sizeOctets: number,
  recipient: string,
): DraftEvent {
  return draft('DeliveryQueued', { message, ordinal, sizeOctets }, { recipient });
}
