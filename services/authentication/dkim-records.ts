/** The DNS records of a domain's signing keys (RFC 6376 §3.6.1, RFC 8463 §3), and whether they are published. Pure. */
import type { DkimKeySet } from '../domain/domain-signing.ts';

export const dkimAlgorithms = ['rsa', 'ed25519'] as const;
export type DkimAlgorithm = (typeof dkimAlgorithms)[number];

export interface DkimRecord {
  readonly algorithm: DkimAlgorithm;
  /** Of the TXT record, without a final dot. */
  readonly name: string;
  readonly text: string;
}

/** Octets of an Ed25519 key behind the head of its SubjectPublicKeyInfo. */
const ed25519Octets = 32;
const maxStringOctets = 255;

export function selectorOf(selector: string, algorithm: DkimAlgorithm): string {
  return `${selector}-${algorithm}`;
}

/** Of one name of the domain; none where the selector has been erased. */
export function recordsOf({ selector, rsa, ed25519 }: DkimKeySet, domainName: string): DkimRecord[] {
  if (selector === null) return [];
  // RFC 8463 §4: the key itself, not its SubjectPublicKeyInfo.
  const rawEd25519 = Buffer.from(ed25519, 'base64').subarray(-ed25519Octets).toString('base64');
  const keys = { rsa, ed25519: rawEd25519 };
  return dkimAlgorithms.map((algorithm) => ({
    algorithm,
    name: `${selectorOf(selector, algorithm)}._domainkey.${domainName}`,
    text: `v=DKIM1; k=${algorithm}; p=${keys[algorithm]}`,
  }));
}

/** A line of a zone file (RFC 1035 §5.1); one string holds 255 octets. */
export function zoneLine({ name, text }: DkimRecord): string {
  const strings: string[] = [];
  for (let at = 0; at < text.length; at += maxStringOctets)
    strings.push(`"${text.slice(at, at + maxStringOctets)}"`);
  return `${name}. 3600 IN TXT ( ${strings.join(' ')} )`;
}

/** Whether one of the published texts has the same key, however else it is written. */
export function isPublished({ text }: DkimRecord, published: readonly string[]): boolean {
  const wanted = keyOf(text);
  return published.some((each) => keyOf(each) === wanted);
}

function keyOf(text: string): string {
  const compact = text.replace(/\s+/g, '');
  const tag = (name: string): string => new RegExp(`(?:^|;)${name}=([^;]*)`).exec(compact)?.[1] ?? '';
  return `${tag('k') || 'rsa'} ${tag('p')}`;
}
