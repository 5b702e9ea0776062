/** Sign-in against the accounts' states: limits, cache, argon2id. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type AccountState, account, type RefusedSignIns } from '../domain/account.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import { subscriberOf } from '../networks.ts';
import { fittingPassword } from './application-password.ts';
import { argon2Cost, BoundedWork, makeVerifier, preparePassword, verifyPassword } from './passwords.ts';
import { SecondFactorCheck } from './second-factor-check.ts';
import type { Credentials, Revocation, SignedIn, SignIn, SignInParts } from './sign-in.ts';
import { credentialsOf, VerifiedLogins } from './sign-in-cache.ts';
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

const noteReasons: Partial<Record<Refusal['refused'], RefusedSignIns['reason']>> = {
  credentialsWrong: 'password',
  accountFrozen: 'frozen',
  tooManyAttempts: 'rate',
  secondFactorWrong: 'code',
  applicationPasswordNeeded: 'program',
};

/** What a login leads to, as far as its password is concerned. */
interface Claim {
  /** Null for an unknown name. */
  readonly account: Uuid | null;
  /** Null where nothing can be right. */
  readonly verifier: string | null;
  /** Of all that a sign-in depends on: another one is another claim. */
  readonly credentials: string;
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
  readonly #secondFactor: SecondFactorCheck;
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
    const { dispatcher, keys } = parts;
    this.#secondFactor = new SecondFactorCheck({ dispatcher, keys, work: this.#work, now: this.#now });
    this.#nobody = makeVerifier(impossiblePassword, parts.cost ?? argon2Cost);
  }

  async signIn(credentials: Credentials): Promise<SignedIn | Refusal> {
    const id = await this.#parts.directory.accountOfLogin(credentials.login);
    const state = id === null ? null : await this.#load(id);
    const outcome =
      (id !== null && state !== null && (await this.#byApplicationPassword(id, state, credentials))) ||
      (await this.#byOwnPassword(id, state, credentials));
    return isRefusal(outcome) ? this.#refuse(outcome, id, credentials) : outcome;
  }

  /** Null where it is none. Nobody finds one by trying, so no limit stands in the way of whoever has it. */
  async #byApplicationPassword(
    id: Uuid,
    state: AccountState,
    { login, password, secondFactor }: Credentials,
  ): Promise<SignedIn | Refusal | null> {
    const found = secondFactor === undefined ? fittingPassword(state.applicationPasswords, password) : null;
    if (found === null) return null;
    if (state.status === 'frozen') return refuse('accountFrozen');
    const nowMs = this.#now();
    const command = { kind: 'useApplicationPassword', applicationPassword: found, nowMs } as const;
    const context = { actor: `account-${id}`, cause: null, now: nowMs } as const;
    const used = await this.#parts.dispatcher.dispatch(account, id, command, context);
    // Revoked or closed at this moment.
    if (isRefusal(used)) return refuse('credentialsWrong');
    return { ...signedIn(id, state, login), applicationPassword: found };
  }

  async #byOwnPassword(
    id: Uuid | null,
    before: AccountState | null,
    credentials: Credentials,
  ): Promise<SignedIn | Refusal> {
    const claim = claimOf(id, before);
    const fits = await this.#check(credentials, claim);
    if (isRefusal(fits)) return fits;
    if (!fits || id === null) return refuse('credentialsWrong');
    // Much may have happened while the password was checked.
    const state = await this.#load(id);
    if (claimOf(id, state).credentials !== claim.credentials)
      return this.#byOwnPassword(id, state, credentials);
    if (state.status === 'frozen') return refuse('accountFrozen');
    if (state.status !== 'active') return refuse('credentialsWrong');
    return (await this.#missing(id, state, credentials)) ?? signedIn(id, state, credentials.login);
  }

  /** What is missing besides the right password; null where nothing is. */
  async #missing(
    id: Uuid,
    { secondFactor }: AccountState,
    { secondFactor: given }: Credentials,
  ): Promise<Refusal | null> {
    if (secondFactor === null || given === 'proved') return null;
    if (given === undefined) return refuse('applicationPasswordNeeded');
    return this.#secondFactor.check(id, secondFactor, given.code);
  }

  onRevoked(
    id: Uuid,
    listener: (why: Revocation) => void,
    applicationPassword: Uuid | null = null,
  ): () => void {
    return this.#revocations.listen(id, listener, applicationPassword);
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
    const fingerprint = this.#verified.fingerprint(subject, claim.credentials, prepared);
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
    const { account: id, verifier, credentials } = claim;
    if (!fits || id === null || verifier === null) {
      this.#limits.wrong(guess, this.#now());
      return false;
    }
    this.#limits.right(guess, this.#now());
    this.#verified.add(id, credentials, guess.fingerprint);
    return true;
  }

  #isVerified({ fingerprint }: Guess, { account: id, verifier, credentials }: Claim): boolean {
    return id !== null && verifier !== null && this.#verified.has(id, credentials, fingerprint);
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

function claimOf(id: Uuid | null, state: AccountState | null): Claim {
  return {
    account: id,
    verifier: state?.verifier ?? null,
    credentials: state === null ? '' : credentialsOf(state),
  };
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
