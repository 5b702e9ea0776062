/**
 * Who is signed in by HTTP: browsers by a cookie, programs by a password with each request. Either way one login
 * is one session with its own facts in the log, ends when it has been idle, and at once when the account is frozen
 * or its password changes.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { ask } from '../../policies/access.ts';
import type { PlaintextAuth } from '../config.ts';
import { isRefusal, type Refusal, Refused, refuse } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import { isLoopback } from '../networks.ts';
import type { Recorder, SessionEnd, SessionRecorder } from '../record.ts';
import { type Credentials, type SignedIn, type SignIn, subjectOf } from '../sign-in/sign-in.ts';
import { MailAccount, type MailParts, type MailPermits } from './jmap/mail-account.ts';
import { MailOpenings } from './mail-openings.ts';

export interface HttpSession {
  readonly signedIn: SignedIn;
  readonly recorder: SessionRecorder;
  readonly mail: MailAccount;
  readonly openings: MailOpenings;
  /** Calls `listener` when the session ends; the returned function takes that back. */
  onEnd(listener: () => void): () => void;
}

export interface HttpSessionParts {
  readonly signIn: SignIn;
  readonly recorder: Pick<Recorder, 'openSession' | 'peerRefused'>;
  readonly mail: MailParts;
  /** Who may send a password without TLS: the rule of every door. */
  readonly plaintextAuth: PlaintextAuth;
}

/** What a person types into the sign-in page. */
export interface PageCredentials {
  readonly login: string;
  readonly password: string;
  /** Of the second factor, or a recovery code; null where none was typed. */
  readonly code: string | null;
}

export interface Asker {
  /** IP address. */
  readonly peer: string;
  /** User-Agent, or empty. */
  readonly program: string;
  /** By TLS, up to here or up to a proxy that is trusted. */
  readonly isEncrypted: boolean;
}

/** Without a request for so long, a session ends. */
const idleMs = { browser: 12 * 60 * 60 * 1000, program: 15 * 60 * 1000 };
const lookIntervalMs = 60_000;
const maxSessions = 10_000;
/** Of one account: a program that changes its name with each request ends its own sessions, nobody else's. */
const maxSessionsOfAccount = 50;

interface Held extends HttpSession {
  readonly kind: keyof typeof idleMs;
  stopListening: () => void;
  readonly endListeners: Set<() => void>;
  usedAtMs: number;
}

export class HttpSessions {
  readonly #parts: HttpSessionParts;
  readonly #digestKey = randomBytes(32);
  /** By digest of the cookie, or of what a program sends. */
  readonly #held = new Map<string, Held>();
  readonly #look: NodeJS.Timeout;

  constructor(parts: HttpSessionParts) {
    this.#parts = parts;
    this.#look = setInterval(() => this.#endIdle(), lookIntervalMs);
    this.#look.unref();
  }

  /** The value of the cookie that stands for the new session. */
  async signIn(
    { login, password, code }: PageCredentials,
    asker: Asker,
  ): Promise<{ token: string } | Refusal> {
    if (!this.#takesPasswordFrom(asker)) return this.#refuse(refuse('authenticationRequired'), asker);
    const token = randomBytes(32).toString('base64url');
    const credentials = { login, password, secondFactor: { code } };
    const opened = await this.#open('browser', this.#digestOf(token), credentials, asker);
    return isRefusal(opened) ? opened : { token };
  }

  /** Null where the cookie stands for nobody (any more). */
  byToken(token: string): HttpSession | null {
    return this.#use(this.#digestOf(token));
  }

  /** Programs that send the password each time go on in their session; the password is checked each time. */
  async byPassword(login: string, password: string, asker: Asker): Promise<HttpSession | Refusal> {
    if (!this.#takesPasswordFrom(asker)) return this.#refuse(refuse('authenticationRequired'), asker);
    const { signIn } = this.#parts;
    const key = this.#digestOf(JSON.stringify([login, password, asker.peer, asker.program]));
    if (!this.#held.has(key)) return this.#open('program', key, { login, password }, asker);
    const signedIn = await signIn.signIn({ login, password, peer: asker.peer, protocol: 'http' });
    if (isRefusal(signedIn)) return this.#refuse(signedIn, asker);
    return this.#use(key) ?? this.#open('program', key, { login, password }, asker);
  }

  async signOut(token: string): Promise<void> {
    await this.#end(this.#digestOf(token), 'logout');
  }

  /** Ids of the account's sessions that have not ended. */
  openOf(account: Uuid): ReadonlySet<Uuid> {
    const own = [...this.#held.values()].filter(({ signedIn }) => signedIn.account === account);
    return new Set(own.map(({ recorder }) => recorder.session));
  }

  /** Ends one of the account's own sessions; throws `Refused` where there is none of that id. */
  async end(account: Uuid, session: Uuid): Promise<void> {
    const found = [...this.#held].find(
      ([, { signedIn, recorder }]) => signedIn.account === account && recorder.session === session,
    );
    if (!found) throw new Refused(refuse('sessionNotFound'));
    await this.#end(found[0], 'revoked');
  }

  async close(): Promise<void> {
    clearInterval(this.#look);
    await Promise.all([...this.#held.keys()].map((key) => this.#end(key, 'shutdown')));
  }

  async #open(
    kind: Held['kind'],
    key: string,
    credentials: Pick<Credentials, 'login' | 'password' | 'secondFactor'>,
    asker: Asker,
  ): Promise<Held | Refusal> {
    const { peer, program } = asker;
    const { signIn, recorder, mail } = this.#parts;
    const signedIn = await signIn.signIn({ ...credentials, peer, protocol: 'http' });
    if (isRefusal(signedIn)) return this.#refuse(signedIn, asker);
    const { account, applicationPassword } = signedIn;
    const permits = permitsOf(signedIn);
    if (isRefusal(permits)) return this.#refuse(permits, asker);
    await this.#makeRoom(account);
    // Requests that came at once have asked at once: the first of them has opened it.
    const first = this.#use(key);
    if (first) return first;
    const endListeners = new Set<() => void>();
    const held: Held = {
      kind,
      signedIn,
      recorder: recorder.openSession({ account, protocol: 'http', peer, program }),
      mail: new MailAccount(account, permits, mail),
      openings: new MailOpenings(),
      stopListening: () => {},
      endListeners,
      onEnd: (listener) => {
        endListeners.add(listener);
        return () => endListeners.delete(listener);
      },
      usedAtMs: Date.now(),
    };
    this.#held.set(key, held);
    held.stopListening = signIn.onRevoked(account, () => void this.#end(key, 'revoked'), applicationPassword);
    return held;
  }

  #refuse(refusal: Refusal, { peer }: Asker): Refusal {
    // The page asks for the code next: nobody was turned away.
    if (refusal.refused === 'secondFactorNeeded') return refusal;
    this.#parts.recorder.peerRefused('http', peer, refusal.refused);
    return refusal;
  }

  #use(key: string): Held | null {
    const held = this.#held.get(key);
    if (!held) return null;
    held.usedAtMs = Date.now();
    // In order of use, the latest last.
    this.#held.delete(key);
    this.#held.set(key, held);
    return held;
  }

  /** The one that was used longest ago goes first: of the account's own, then of all. */
  async #makeRoom(account: Uuid): Promise<void> {
    const own = [...this.#held].filter(([, { signedIn }]) => signedIn.account === account);
    if (own.length >= maxSessionsOfAccount) await this.#end(own[0]![0], 'idle');
    if (this.#held.size >= maxSessions) await this.#end(this.#held.keys().next().value!, 'idle');
  }

  #takesPasswordFrom({ isEncrypted, peer }: Asker): boolean {
    const { plaintextAuth } = this.#parts;
    return isEncrypted || plaintextAuth === 'always' || (plaintextAuth === 'loopback' && isLoopback(peer));
  }

  #endIdle(): void {
    const nowMs = Date.now();
    for (const [key, { kind, usedAtMs }] of this.#held) {
      if (nowMs - usedAtMs > idleMs[kind]) void this.#end(key, 'idle');
    }
  }

  #digestOf(secret: string): string {
    return createHmac('sha256', this.#digestKey).update(secret).digest('base64');
  }

  async #end(key: string, reason: SessionEnd): Promise<void> {
    const held = this.#held.get(key);
    if (!held) return;
    this.#held.delete(key);
    held.stopListening();
    for (const listener of held.endListeners) listener();
    await held.recorder.close(reason);
  }
}

function permitsOf(signedIn: SignedIn): MailPermits | Refusal {
  const [subject, own] = [subjectOf(signedIn), { owner: signedIn.account }];
  const read = ask(subject, 'readMail', own);
  const change = ask(subject, 'changeMail', own);
  const send = ask(subject, 'sendMail', own);
  if (isRefusal(read)) return read;
  if (isRefusal(change)) return change;
  return isRefusal(send) ? send : { read, change, send };
}
