/**
 * Authentication-Results fields that came with a mail and claim to be this server's (RFC 8601 §5). The blob keeps them
 * as they came; in what is read their name is another one of the same length, so that no size and no place changes.
 */

/** A field that came with the mail. */
export interface BroughtResults {
  /** Of its first octet in the blob. */
  readonly offset: number;
  /** What stands where the name of who checked belongs, in lower case. */
  readonly claimant: string;
}

const fieldName = 'Authentication-Results';
const untrustedName = Buffer.from('Untrusted-Auth-Results');
/** Honest mail brings a handful. */
export const maxBroughtResults = 100;
const maxClaimantCharacters = 300;

const resultsField = /(?<=^|\n)authentication-results[ \t]*:((?:[^;\r\n]|\r\n[ \t])*)/gi;

/** At most one more than are allowed. `header`: from the blob's first octet on. */
export function broughtResults(header: Buffer): BroughtResults[] {
  const found: BroughtResults[] = [];
  for (const { index, 1: value } of header.toString('latin1').matchAll(resultsField)) {
    found.push({ offset: index, claimant: value!.slice(0, maxClaimantCharacters).toLowerCase() });
    if (found.length > maxBroughtResults) break;
  }
  return found;
}

/** Places of those that claim to be of `hostname`, whatever comments and spaces stand around it. */
export function claimsOf(hostname: string, brought: readonly BroughtResults[]): number[] {
  return brought
    .filter(({ claimant }) => claimant.includes(hostname.toLowerCase()))
    .map(({ offset }) => offset);
}

/** Renames them in octets of the blob that begin at `from`. */
export function renameClaims(octets: Uint8Array, from: number, claims: readonly number[]): Uint8Array {
  for (const claim of claims) {
    const first = Math.max(claim, from);
    const end = Math.min(claim + fieldName.length, from + octets.length);
    if (first < end) octets.set(untrustedName.subarray(first - claim, end - claim), first - from);
  }
  return octets;
}
