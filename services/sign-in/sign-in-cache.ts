/**
 * Logins that were verified lately, so that a mail program that connects every minute costs an HMAC and not an
 * argon2id. Fingerprints are keyed with octets that never leave this process, and hold for one verifier only.
 * `credentials` everywhere: what `credentialsOf` says of the account at that moment.
 */
import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { AccountState } from '../domain/account.ts';
import type { Uuid } from '../domain/values.ts';

const maxAccounts = 50_000;
/** Different passwords that fit one verifier: one, in each way to write it. */
const maxFingerprints = 16;

interface Verified {
  readonly credentials: string;
  readonly fingerprints: Set<string>;
}

/** What a sign-in with the account's own password depends on: changes whenever sessions opened by it must end. */
export function credentialsOf({ verifier, secondFactor }: AccountState): string {
  return `${verifier ?? ''} ${secondFactor?.factor ?? ''}`;
}

export class VerifiedLogins {
  /** A key object: of given octets Node (24.21) spends 20 µs at each use finding out that they are none. */
  readonly #key = createSecretKey(randomBytes(32));
  /** In the order of the last use. */
  readonly #accounts = new Map<Uuid, Verified>();

  /** What a guess is known by, here and in the limits. Another verifier gives another fingerprint. */
  fingerprint(subject: string, credentials: string, prepared: string): string {
    const parts = [subject, credentials, prepared].map((part) => `${Buffer.byteLength(part)}:${part}`);
    return createHmac('sha256', this.#key).update(parts.join('')).digest('base64');
  }

  has(account: Uuid, credentials: string, fingerprint: string): boolean {
    const known = this.#accounts.get(account);
    return known?.credentials === credentials && known.fingerprints.has(fingerprint);
  }

  add(account: Uuid, credentials: string, fingerprint: string): void {
    const known = this.#accounts.get(account);
    const verified =
      known?.credentials === credentials ? known : { credentials, fingerprints: new Set<string>() };
    if (verified.fingerprints.size < maxFingerprints) verified.fingerprints.add(fingerprint);
    this.#accounts.delete(account);
    this.#accounts.set(account, verified);
    if (this.#accounts.size > maxAccounts) this.#accounts.delete(this.#accounts.keys().next().value!);
  }

  /** The account's credentials changed. Those that it signed in with stay known, for `changedSince`. */
  void(account: Uuid): void {
    this.#accounts.get(account)?.fingerprints.clear();
  }

  /** Has the account got other credentials than those of its last sign-in here? */
  changedSince(account: Uuid, credentials: string): boolean {
    const known = this.#accounts.get(account);
    return known !== undefined && known.credentials !== credentials;
  }
}
