/** What the IMAP server works on, out of the house. */
import type { ImapServices } from '../imap/imap-services.ts';
import { QuotaRoom } from '../mailstores/mailbox-room.ts';
import { MailstoreDoor } from '../mailstores/mailstore-door.ts';
import type { DoorParts } from './doors.ts';

/** From the connection to the sign-in. */
export const loginTimeoutMs = 60_000;

export type ImapHouseParts = Pick<DoorParts, 'config' | 'house' | 'intake' | 'certificate' | 'log'>;

export function imapHouse({ config, house, intake, certificate, log }: ImapHouseParts): ImapServices {
  return {
    settings: {
      hostname: config.hostname,
      plaintextAuth: config.plaintextAuth,
      maxMessageOctets: config.maxMessageOctets,
      idleTimeoutMs: config.imapIdleTimeoutMs,
      loginTimeoutMs,
      maxConnections: config.maxConnections,
      maxConnectionsPerAddress: config.maxConnectionsPerAddress,
    },
    secureContext: () => certificate.current.context,
    signIn: house.signIn,
    mailstores: new MailstoreDoor(house.mailstores),
    mails: house.mails,
    intake,
    room: new QuotaRoom(house.dispatcher, house.mailstores),
    recorder: house.recorder,
    log,
  };
}
