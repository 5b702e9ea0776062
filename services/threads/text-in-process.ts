/** The reader of texts on the caller's thread, for tests: nothing bounds its time. */
import type { ScannedMail } from '../blob-store/scanner-port.ts';
import type { MailTexts, WantedTexts } from '../mail/mail-texts.ts';
import type { TextReader } from '../rules/text-reader.ts';
import { requestFor } from './text-client.ts';
import { readTexts } from './text-core.ts';

export class InProcessTextReader implements TextReader {
  read(mail: ScannedMail, wanted: WantedTexts): Promise<MailTexts | null> {
    return readTexts(requestFor(mail, wanted)).catch(() => null);
  }

  async close(): Promise<void> {}
}
