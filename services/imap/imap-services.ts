/** What the IMAP server talks to. Everything is a port or a service of the bands below. */
import type { SecureContext } from 'node:tls';
import type { PlaintextAuth } from '../config.ts';
import type { Intake } from '../intake.ts';
import type { Log } from '../log.ts';
import type { MailboxRoom } from '../mailstores/mailbox-room.ts';
import type { MailstoreDoor } from '../mailstores/mailstore-door.ts';
import type { Recorder } from '../record.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { MailAccess } from './mail-access.ts';

export interface ImapSettings {
  readonly hostname: string;
  readonly plaintextAuth: PlaintextAuth;
  /** APPENDLIMIT (RFC 7889); 0 is no limit. */
  readonly maxMessageOctets: number;
  readonly idleTimeoutMs: number;
  /** From the greeting to the login. */
  readonly loginTimeoutMs: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
}

export interface ImapServices {
  readonly settings: ImapSettings;
  /** Asked at each handshake, so that a renewed certificate counts at once. */
  readonly secureContext: () => SecureContext;
  readonly signIn: SignIn;
  readonly mailstores: MailstoreDoor;
  readonly mails: MailAccess;
  readonly intake: Intake;
  readonly room: MailboxRoom;
  readonly recorder: Pick<Recorder, 'openSession' | 'peerRefused'>;
  readonly log: Log;
  /** Where one listener serves several houses: that of a login; null: this one. */
  readonly houseOf?: (login: string) => ImapServices | null;
}
