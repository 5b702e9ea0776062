/** The JMAP session object (RFC 8620 §2): what is offered, and where. */
import { createHash } from 'node:crypto';
import type { SignedIn } from '../../sign-in/sign-in.ts';
import { coreLimits } from './core-limits.ts';
import { coreCapability } from './core-methods.ts';
import { sortProperties } from './email-sort.ts';
import { mailCapability, submissionCapability } from './mail-context.ts';
import type { JsonMap } from './request.ts';

export const capabilities: ReadonlySet<string> = new Set([
  coreCapability,
  mailCapability,
  submissionCapability,
]);

/** RFC 8621 §1.3.1. */
export const mailLimits = {
  maxMailboxesPerEmail: null,
  maxMailboxDepth: 20,
  maxSizeMailboxName: 255,
  maxSizeAttachmentsPerEmail: 50_000_000,
  emailQuerySortOptions: sortProperties,
  mayCreateTopLevelMailbox: true,
} as const;

/** RFC 8621 §1.3.2: nothing is held back for later. */
const submissionLimits = { maxDelayedSend: 0, submissionExtensions: {} } as const;

export function sessionObject({ account, address }: SignedIn): JsonMap {
  return {
    capabilities: {
      [coreCapability]: { ...coreLimits, collationAlgorithms: [] },
      [mailCapability]: {},
      [submissionCapability]: {},
    },
    accounts: {
      [account]: {
        name: address,
        isPersonal: true,
        isReadOnly: false,
        accountCapabilities: { [mailCapability]: mailLimits, [submissionCapability]: submissionLimits },
      },
    },
    primaryAccounts: { [mailCapability]: account, [submissionCapability]: account },
    username: address,
    apiUrl: '/jmap/api',
    downloadUrl: '/jmap/download/{accountId}/{blobId}/{name}?type={type}',
    uploadUrl: '/jmap/upload/{accountId}',
    eventSourceUrl: '/jmap/events?types={types}&closeafter={closeafter}&ping={ping}',
    state: sessionState(account, address),
  };
}

/** Changes where anything of the session object does that clients go by. */
export function sessionState(account: string, address: string): string {
  return createHash('sha256').update(`${account} ${address}`).digest('hex').slice(0, 16);
}
