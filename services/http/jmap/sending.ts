/** What submissions work with besides the account's mail; the composition brings it. */
import type { Deliveries } from '../../../projections/deliveries-queries.ts';
import type { MessageTraces } from '../../../projections/message-trace-queries.ts';
import type { Submissions } from '../../../projections/submissions-queries.ts';
import type { Directory } from '../../directory/directory.ts';
import type { Uuid } from '../../domain/values.ts';
import type { MailboxRoom } from '../../mailstores/mailbox-room.ts';

export interface SendingRules {
  /** Octets; 0 is unlimited. */
  readonly maxMessageOctets: number;
  /** Of one envelope. */
  readonly maxRecipients: number;
  /** The envelope's sender must be the account's own or granted to it (RCV-20). */
  readonly senderMustMatch: boolean;
}

export interface Sending {
  readonly directory: Pick<Directory, 'resolve' | 'maySendAs'>;
  readonly mailboxRoom: MailboxRoom;
  readonly submissions: Submissions;
  readonly deliveries: Pick<Deliveries, 'ofMessage'>;
  readonly traces: Pick<MessageTraces, 'trace'>;
  /** Takes back what rules hold; false where nothing is held any more. */
  withdraw(message: Uuid, by: Uuid): Promise<boolean>;
  /** Whether the account's own mail came back after that approval, or was taken back. */
  cameBack(approval: Uuid, account: Uuid): Promise<boolean>;
  /** Calls `listener` when something became of submissions, whoever's; the returned function ends it. */
  watchSubmissions(listener: () => void): () => void;
  /** Calls `listener` when addresses changed, whoever's; the returned function ends it. */
  watchDirectory(listener: () => void): () => void;
  /** Waits until the submissions have what is in the log now; false where that took too long. */
  settled(): Promise<boolean>;
  readonly rules: SendingRules;
}
