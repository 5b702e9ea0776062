/** What the SMTP doors work with; the composition brings it. */
import type { Directory } from '../directory/directory.ts';
import type { FreeSpace } from '../free-space.ts';
import type { Intake } from '../intake.ts';
import type { MailboxRoom } from '../mailstores/mailbox-room.ts';
import type { Recorder } from '../record.ts';
import type { SignIn } from '../sign-in/sign-in.ts';

export interface SmtpParts {
  readonly directory: Directory;
  readonly signIn: SignIn;
  readonly recorder: Recorder;
  readonly intake: Intake;
  readonly mailboxRoom: MailboxRoom;
  readonly freeSpace: Pick<FreeSpace, 'isLow'>;
  /** PEM texts. */
  readonly tls: { readonly key: string; readonly cert: string };
  /** Told of every failure behind a 451 or 454, for the server's own log. */
  report(failure: unknown): void;
}
