/** As whom an account may send: asked at SMTP's MAIL FROM and of a JMAP submission's envelope alike (RCV-20). */

import type { RefusalCode } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { Directory } from './directory.ts';

/**
 * Why an account may not send as this; null where it may. The null sender is allowed: read receipts must use it
 * (RFC 8098 §3), and the header's From is checked as well.
 */
export async function refuseOwnSender(
  sender: string,
  account: Uuid,
  directory: Pick<Directory, 'maySendAs'>,
  { senderMustMatch }: { readonly senderMustMatch: boolean },
): Promise<RefusalCode | null> {
  if (!senderMustMatch || sender === '') return null;
  return (await directory.maySendAs(account, sender)) ? null : 'senderNotPermitted';
}
