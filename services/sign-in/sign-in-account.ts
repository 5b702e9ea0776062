/** Sign-in against the accounts' states: limits, cache, argon2id. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type AccountState, account } from '../domain/account.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import { subscriberOf } from '../networks.ts';
import { argon2Cost, BoundedWork, makeVerifier, preparePassword, verifyPassword } from './passwords.ts';
import type { Credentials, Revocation, SignedIn, SignIn, SignInParts } from './sign-in.ts';
import { VerifiedLogins } from './sign-in-cache.ts';
import { type Guess, SignInLimits } from './sign-in-limits.ts';
import { SignInNotes } from './sign-in-notes.ts';
import { Revocations } from './sign-in-revocations.ts';

/** argon2id at once: each takes a core and 19 MiB. */
const maxChecksRunning = 2;
/** About three seconds of waiting: a large office that returns after a restart still fits. */
const maxChecksWaiting = 256;
/** Nobody's: `preparePassword` never gives it. */
const impossiblePassword = '\u0000';
const maxLoginCharacters = 512;

const noteReasons: Partial<Record<Refusal['refused'], 'password' | 'frozen' | 'rate'>> = {
  credentialsWrong: 'password',
  accountFrozen: 'frozen',
  tooManyAttempts: 'rate',
};

/** What a login leads to, as far as its password is concerned. */
interface Claim {
  /** Null for an unknown name. */
  readonly account: Uuid | null;
  /** Null where nothing can be right. */
  readonly verifier: string | null;
}

export class AccountSignIn implements SignIn {
  readonly #parts: SignInParts;
  readonly #now: () => number;
  readonly #wait: (ms: number) => Promise<unknown>;
  readonly #limits = new SignInLimits();
  readonly #verified = new VerifiedLogins();
  readonly #notes: SignInNotes;
  readonly #revocations: Revocations;
  readonly #work: BoundedWork;
  /** Checks on their way, by subscriber and fingerprint: a mail program opens several connections at once. */
  readonly #checks = new Map<string, Promise<boolean | Refusal>>();
  /** What unknown names are checked against, so that they take the same time. */
  readonly #nobody: Promise<string>;

  constructor(parts: SignInParts) {
    const onProblem = parts.onProblem ?? (() => {});
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    this.#wait = parts.wait ?? sleep;
    this.#notes = new SignInNotes(parts.dispatcher, onProblem, this.#now);
    this.#revocations = new Revocations(parts.dispatcher, this.#verified, onProblem);
    this.#work = parts.work ?? new BoundedWork(maxChecksRunning, maxChecksWaiting);
    this.#nobody = makeVerifier(impossiblePassword, parts.cost ?? argon2Cost);
  }

  async signIn(credentials: Credentials): Promise<SignedIn | Refusal> {
    const id = await this.#parts.directory.accountOfLogin(credentials.login);
    const verifier = id === null ? null : (await this.#load(id)).verifier;
    const fits = await this.#check(credentials, { account: id, verifier });
    if (isRefusal(fits)) return this.#refuse(fits, id, credentials);
    if (!fits || id === null) return this.#refuse(refuse('credentialsWrong'), id, credentials);
    // Much may have happened while the password was checked.
    const state = await this.#load(id);
    if (state.verifier !== verifier) return this.signIn(credentials);
    if (state.status === 'frozen') return this.#refuse(refuse('accountFrozen'), id, credentials);
    return state.status === 'active' ? signedIn(id, state, credentials.login) : refuse('credentialsWrong');
  }

  onRevoked(id: Uuid, listener: (why: Revocation) => void): () => void {
    return this.#revocations.listen(id, listener);
  }

  close(): Promise<void> {
    return this.#notes.settled();
  }

  async #load(id: Uuid): Promise<AccountState> {
    return (await this.#parts.dispatcher.load(account, id)).state;
  }

  /** Does the password fit? Unknown names and accounts without a password take the same way and never do. */
  #check({ login, password, peer }: Credentials, claim: Claim): Promise<boolean | Refusal> {
    const prepared = preparePassword(password) ?? impossiblePassword;
    const name = login.slice(0, maxLoginCharacters).toLowerCase();
    const subject = claim.account ?? this.#verified.fingerprint('login', '', name);
    const fingerprint = this.#verified.fingerprint(subject, claim.verifier ?? '', prepared);
    const guess: Guess = { subject, subscriber: subscriberOf(peer), fingerprint };
    const key = `${guess.subscriber} ${fingerprint}`;
    const running = this.#checks.get(key);
    if (running) return running;
    const check = this.#checkOnce(guess, claim, prepared).finally(() => this.#checks.delete(key));
    this.#checks.set(key, check);
    return check;
  }

  async #checkOnce(guess: Guess, claim: Claim, prepared: string): Promise<boolean | Refusal> {
    const judged = this.#limits.judge(guess, this.#now());
    if (judged === 'blocked') return refuse('tooManyAttempts');
    if (judged === 'known-wrong') return false;
    if (judged.waitMs > 0) await this.#wait(judged.waitMs);
    const fits = this.#isVerified(guess, claim) || (await this.#verify(guess, claim, prepared));
    if (fits === null) return refuse('serverBusy');
    const { account: id, verifier } = claim;
    if (!fits || id === null || verifier === null) {
      this.#limits.wrong(guess, this.#now());
      return false;
    }
    this.#limits.right(guess, this.#now());
    this.#verified.add(id, verifier, guess.fingerprint);
    return true;
  }

  #isVerified({ fingerprint }: Guess, { account: id, verifier }: Claim): boolean {
    return id !== null && verifier !== null && this.#verified.has(id, verifier, fingerprint);
  }

  /** Null where too many wait already. A guess that was not checked does not count. */
  async #verify(guess: Guess, { verifier }: Claim, prepared: string): Promise<boolean | null> {
    let fits: boolean | null = null;
    try {
      const against = verifier ?? (await this.#nobody);
      fits = await this.#work.run(() => verifyPassword(against, prepared));
    } finally {
      if (fits === null) this.#limits.takeBack(guess, this.#now());
    }
    return fits;
  }

  #refuse(refusal: Refusal, id: Uuid | null, { protocol, peer }: Credentials): Refusal {
    const reason = noteReasons[refusal.refused];
    if (id !== null && reason) this.#notes.note(id, { protocol, peer, reason });
    return refusal;
  }
}

function signedIn(id: Uuid, state: AccountState, login: string): SignedIn {
  const { address, realName, roles, quotaOctets, limits, domain } = state;
  return {
    account: id,
    domain: domain ?? '',
    address: address ?? login,
    realName: realName ?? '',
    roles: [...roles],
    quotaOctets,
    maxMessageOctets: limits.maxMessageOctets,
    maxRecipients: limits.maxRecipients,
    maxSessions: limits.maxSessions,
  };
}
