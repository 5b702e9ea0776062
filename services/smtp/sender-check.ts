/** Who may say MAIL FROM: design §6 "No one in". */

import type { Directory } from '../directory.ts';
import { normalLocalPart, parseAddress } from '../domain/address.ts';
import type { RefusalCode } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { SmtpSettings } from './smtp-settings.ts';

const roleNames = new Set(['postmaster', 'abuse', 'webmaster']);

type SenderRules = Pick<
  SmtpSettings,
  'authenticateLocalSenders' | 'authenticateRoleSenders' | 'senderMustMatch'
>;

/** Why a peer without sign-in may not send as this; null where it may. */
export async function refuseForeignSender(
  sender: string,
  directory: Pick<Directory, 'isLocalDomain'>,
  rules: SenderRules,
): Promise<RefusalCode | null> {
  const address = parseAddress(sender);
  if (!address) return null;
  const mustSignIn =
    rules.authenticateLocalSenders ||
    (rules.authenticateRoleSenders && roleNames.has(normalLocalPart(address.localPart)));
  return mustSignIn && (await directory.isLocalDomain(address.domain)) ? 'authenticationRequired' : null;
}

/**
 * Why an account may not send as this; null where it may. The null sender is allowed: read receipts must use it
 * (RFC 8098 §3), and the header's From is checked as well.
 */
export async function refuseOwnSender(
  sender: string,
  account: Uuid,
  directory: Pick<Directory, 'maySendAs'>,
  rules: SenderRules,
): Promise<RefusalCode | null> {
  if (!rules.senderMustMatch || sender === '') return null;
  return (await directory.maySendAs(account, sender)) ? null : 'senderNotPermitted';
}
