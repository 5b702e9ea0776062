/** What checks of a mail's origin can say (RFC 8601 §2.7), as events and rules name it. */
export const authenticationResults = [
  'none',
  'pass',
  'fail',
  'softfail',
  'neutral',
  'policy',
  'temperror',
  'permerror',
] as const;
export type AuthenticationResult = (typeof authenticationResults)[number];

export const authenticationMethods = ['spf', 'dkim', 'dmarc', 'arc'] as const;
export type AuthenticationMethod = (typeof authenticationMethods)[number];

/** What a domain asks receivers to do with mail that only pretends to be its own (RFC 7489 §6.3). */
export type DmarcPolicy = 'none' | 'quarantine' | 'reject';

export interface DkimFinding {
  readonly result: AuthenticationResult;
  /** `d=` and `s=`, in lower case; empty where the signature names none. */
  readonly domain: string;
  readonly selector: string;
  /** `a=`. */
  readonly algorithm: string;
  /** Why it is no pass, in a few words; empty where it is one. */
  readonly reason: string;
}

/** Where a mail comes from, as far as its octets, its peer and the DNS tell. */
export interface Authentication {
  /** `domain`: of the envelope sender, or of HELO where that is null. */
  readonly spf: { readonly result: AuthenticationResult; readonly domain: string };
  /** The best of them is what counts; the list names a few. */
  readonly dkim: { readonly result: AuthenticationResult; readonly signatures: readonly DkimFinding[] };
  /** `domain`: of the From field. `policy`: null where it publishes none. */
  readonly dmarc: {
    readonly result: AuthenticationResult;
    readonly domain: string;
    readonly policy: DmarcPolicy | null;
  };
  /** Places in the blob of Authentication-Results fields that claim this server's name. */
  readonly claims: readonly number[];
  /** `domain`: the last sealer; empty without a chain. */
  readonly arc: { readonly result: AuthenticationResult; readonly domain: string };
}

/** What all of it means for people: whether the domain in From has sent the mail. */
export const originVerdicts = ['proved', 'disproved', 'unproved', 'open'] as const;
export type OriginVerdict = (typeof originVerdicts)[number];

export function originVerdict({ spf, dkim, dmarc }: Authentication): OriginVerdict {
  if (dmarc.result === 'pass') return 'proved';
  if (dmarc.result === 'fail') return 'disproved';
  if (dmarc.result === 'temperror') return 'open';
  // A domain that publishes no policy can be proved all the same, by its very name.
  const names = [spf, ...dkim.signatures].filter(({ result }) => result === 'pass');
  const isNamed = dmarc.result === 'none' && names.some(({ domain }) => domain === dmarc.domain);
  return isNamed ? 'proved' : 'unproved';
}
