/**
 * Reads what rules look at inside a mail that has just been scanned (`mail/mail-texts.ts`), while its frame is not kept
 * yet. `threads/text-client.ts` does it on a thread of its own, `threads/text-in-process.ts` on the caller's.
 */
import type { ScannedMail } from '../blob-store/scanner-port.ts';
import type { MailTexts, WantedTexts } from '../mail/mail-texts.ts';

export interface TextReader {
  /** Null where it took too long or too much memory: then nothing inside the mail is known. */
  read(mail: ScannedMail, wanted: WantedTexts): Promise<MailTexts | null>;
  close(): Promise<void>;
}
