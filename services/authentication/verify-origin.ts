/**
 * SPF, DKIM, ARC and DMARC of one mail, by `mailauth`. It reads the header that a stranger wrote: how many signatures
 * are looked at and how long a header may be is bounded before (`mail/signed-octets.ts`) and here.
 */
import { arc } from 'mailauth/lib/arc/index.js';
import { type ArcData, DkimVerifier, type SignatureResult } from 'mailauth/lib/dkim/dkim-verifier.js';
import { evaluateDmarc } from 'mailauth/lib/dmarc/index.js';
import { spf } from 'mailauth/lib/spf/index.js';
import { type HeaderRow, parseHeaders } from 'mailauth/lib/tools.js';
import {
  type Authentication,
  type AuthenticationResult,
  authenticationResults,
  type DkimFinding,
  type DmarcPolicy,
} from '../domain/authentication.ts';
import type { MailOrigin } from '../intake.ts';
import type { FoundBodyHash, SignedOctets } from '../mail/signed-octets.ts';
import type { AskDns } from './dns-answers.ts';

export type SpfFinding = Authentication['spf'];
export type FoundOrigin = Omit<Authentication, 'claims'>;

/** RFC 6376 §6.1: a verifier may look at as many as it likes. */
const maxSignatures = 10;
/** RFC 8301 §3.2. */
const minKeyBits = 1024;
const maxDomainCharacters = 255;
const maxReasonCharacters = 120;

/** Never rejects. `hostname` is this server's. */
export async function checkSpf(
  { address, helo, sender }: MailOrigin,
  hostname: string,
  ask: AskDns,
): Promise<SpfFinding> {
  const domain = plainDomain(sender === '' ? helo : sender.slice(sender.lastIndexOf('@') + 1));
  try {
    const found = await spf({
      ip: address,
      helo,
      sender,
      mta: hostname,
      resolver: ask as never,
      strict: true,
    });
    return { result: resultOf(found.status.result), domain };
  } catch {
    // A name that no library takes: nothing is published under it.
    return { result: 'permerror', domain };
  }
}

/** `spfFound` is taken over. */
export async function checkSignatures(
  signed: SignedOctets,
  spfFound: SpfFinding,
  ask: AskDns,
): Promise<FoundOrigin> {
  if (signed.header === null) return unread(spfFound);
  const verifier = await verified(signed.header, signed.bodyHashes, ask);
  const signatures = verifier.results.map(findingOf).filter(({ result }) => result !== 'none');
  const sealed = await arc(
    verifier.arc as never,
    { resolver: ask as never, minBitLength: minKeyBits, strict: true } as never,
  );
  const { response } = await evaluateDmarc({
    headerFrom: verifier.headerFrom,
    fromFields: verifier.fromFields,
    spfDomains: spfFound.result === 'pass' ? [spfFound.domain] : [],
    dkimDomains: verifier.results.filter(({ status }) => status.result === 'pass').map(passed) as never,
    resolver: ask as never,
    strict: true,
  });
  const dkim = best(signatures.map(({ result }) => result));
  return {
    spf: spfFound,
    dkim: { result: dkim, signatures },
    dmarc: {
      result: response ? dmarcResult(resultOf(response.status.result), spfFound, signatures) : 'permerror',
      domain: plainDomain(verifier.headerFrom[0]?.split('@').pop() ?? ''),
      policy: response && response.policy !== undefined ? (response.policy as DmarcPolicy) : null,
    },
    arc: { result: resultOf(sealed.status.result), domain: sealerOf(verifier.arc) },
  };
}

/** A header that is longer than any honest one. */
function unread(spfFound: SpfFinding): FoundOrigin {
  return {
    spf: spfFound,
    dkim: { result: 'policy', signatures: [] },
    dmarc: { result: 'permerror', domain: '', policy: null },
    arc: { result: 'policy', domain: '' },
  };
}

async function verified(
  header: Uint8Array,
  bodyHashes: readonly FoundBodyHash[],
  ask: AskDns,
): Promise<DkimVerifier> {
  const verifier = new DkimVerifier({ resolver: ask, strict: true, minBitLength: minKeyBits });
  const headers = parseHeaders(Buffer.from(header));
  headers.parsed.filter(isSignature).slice(maxSignatures).forEach(hide);
  await verifier.messageHeaders(headers);
  for (const way of verifier.bodyHashes.keys()) {
    verifier.bodyHashes.set(way, finished(bodyHashes.find((each) => each.way === way)));
  }
  await verifier.finalChunk();
  return verifier;
}

function isSignature({ key }: HeaderRow): boolean {
  return key === 'dkim-signature';
}

function hide(row: HeaderRow): void {
  row.key = null;
}

/** In the form of the library's own hashes. */
function finished(found: FoundBodyHash | undefined) {
  return {
    digest: () => found?.hash ?? '',
    getMimeStructureStart: () => undefined,
    canonicalizedLength: found?.canonicalOctets,
  };
}

function findingOf({ signingDomain, selector, algo, status }: SignatureResult): DkimFinding {
  const reason = status.comment ?? Object.values(status.policy ?? {}).join(' ');
  return {
    result: resultOf(status.result),
    domain: plainDomain(signingDomain ?? ''),
    selector: plainDomain(selector ?? ''),
    algorithm: (algo ?? '').slice(0, 32).replace(/[^A-Za-z0-9-]/g, '?'),
    reason: status.result === 'pass' ? '' : reason.slice(0, maxReasonCharacters).replace(/[^ -~]/g, '?'),
  };
}

function passed({ id, signingDomain, status }: SignatureResult) {
  return { id, domain: signingDomain, aligned: status.aligned, underSized: status.underSized };
}

/** One good signature is enough (RFC 6376 §6.1); what may be good the next time comes next. */
function best(results: readonly AuthenticationResult[]): AuthenticationResult {
  const order: readonly AuthenticationResult[] = [
    'pass',
    'temperror',
    'fail',
    'policy',
    'neutral',
    'permerror',
  ];
  return order.find((result) => results.includes(result)) ?? 'none';
}

/** What could not be asked might have been the proof: such a mail has not failed (RFC 7489 §6.6.2). */
function dmarcResult(
  result: AuthenticationResult,
  spfFound: SpfFinding,
  signatures: readonly DkimFinding[],
): AuthenticationResult {
  const isOpen = [spfFound, ...signatures].some((each) => each.result === 'temperror');
  return result === 'fail' && isOpen ? 'temperror' : result;
}

function sealerOf({ lastEntry }: ArcData): string {
  const domain = lastEntry?.['arc-seal']?.parsed?.d?.value;
  return plainDomain(typeof domain === 'string' ? domain : '');
}

function resultOf(text: string): AuthenticationResult {
  return (authenticationResults as readonly string[]).includes(text)
    ? (text as AuthenticationResult)
    : 'permerror';
}

/** As it may stand in a header field: what is in no domain name becomes `?`. */
function plainDomain(text: string): string {
  return text
    .toLowerCase()
    .slice(0, maxDomainCharacters)
    .replace(/[^\p{L}\p{N}._-]/gu, '?');
}
