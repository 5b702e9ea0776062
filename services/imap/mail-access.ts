import type { MailReader } from '../mailstores/mail-reader.ts';

/** What IMAP needs of the mail reader. */
export type MailAccess = Pick<MailReader, 'open' | 'cached' | 'structure' | 'read' | 'stream'>;
