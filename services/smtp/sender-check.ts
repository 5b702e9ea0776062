/** Who may say MAIL FROM without having signed in: design §6 "No one in". The others: `services/directory/own-sender.ts`. */

import type { Directory } from '../directory/directory.ts';
import { normalLocalPart, parseAddress } from '../domain/address.ts';
import type { RefusalCode } from '../domain/refusals.ts';
import type { SmtpSettings } from './smtp-settings.ts';

const roleNames = new Set(['postmaster', 'abuse', 'webmaster']);

type SenderRules = Pick<SmtpSettings, 'authenticateLocalSenders' | 'authenticateRoleSenders'>;

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
