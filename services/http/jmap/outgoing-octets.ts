/** A stored mail as it leaves: without our trace text of its filing, and without Bcc (RFC 8621 §7.5). */
import { fieldEnd, fieldName } from '../../mail/header-fields.ts';
import type { OpenedMail } from '../../mailstores/mail-reader.ts';
import { HeaderBlock } from './header-block.ts';
import type { MailParts } from './mail-account.ts';
import { SetError } from './standard-set.ts';

export interface OutgoingMail {
  readonly header: HeaderBlock;
  /** At most so many. */
  readonly octets: number;
  stream(): AsyncGenerator<Uint8Array>;
}

/** A header is held in memory while its mail is sent. */
const maxHeaderOctets = 1024 * 1024;
const hidden = new Set(['bcc', 'resent-bcc']);

/** Throws `SetError` where the header is larger than any that people write. */
export async function outgoingMail(mail: OpenedMail, mails: MailParts['mails']): Promise<OutgoingMail> {
  const { headerOctets } = await mails.structure(mail);
  if (headerOctets > maxHeaderOctets)
    throw new SetError('invalidEmail', 'The header is too large.', { properties: ['headers'] });
  const start = mail.trace.length;
  const block = Buffer.from(await mails.read(mail, start, start + headerOctets)).toString('latin1');
  return {
    header: new HeaderBlock(Buffer.from(block, 'latin1')),
    octets: mail.blobOctets,
    stream: async function* () {
      yield Buffer.from(withoutHidden(block), 'latin1');
      yield* mails.stream(mail, start + headerOctets);
    },
  };
}

function withoutHidden(block: string): string {
  let kept = '';
  for (let start = 0, end: number; start < block.length; start = end) {
    end = fieldEnd(block, start);
    if (!hidden.has(fieldName(block, start, end))) kept += block.slice(start, end);
  }
  return kept;
}
