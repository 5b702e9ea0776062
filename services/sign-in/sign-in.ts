/** Sign-in: the one place where a login and a password become an account. */

import type { Subject } from '../../policies/access.ts';
import type { Directory } from '../directory/directory.ts';
import type { Dispatcher } from '../dispatch.ts';
import type { Role } from '../domain/account.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import type { SessionProtocol } from '../record.ts';
import type { Argon2Cost, BoundedWork } from './passwords.ts';
import { AccountSignIn } from './sign-in-account.ts';

export interface Credentials {
  /** The full address, or the local part alone where there is only one domain. */
  readonly login: string;
  readonly password: string;
  /** IP address of the peer. */
  readonly peer: string;
  readonly protocol: SessionProtocol;
  /**
   * At doors of people: the code that came along, or that the session has proved one already. Absent at doors of mail
   * programs, which send one password and can be asked for nothing more.
   */
  readonly secondFactor?: { readonly code: string | null } | 'proved';
}

export interface SignedIn {
  readonly account: Uuid;
  /** Present where it was an application password: good for mail and nothing else. */
  readonly applicationPassword?: Uuid;
  readonly domain: Uuid;
  /** The account's address as people write it. */
  readonly address: string;
  readonly realName: string;
  readonly roles: readonly Role[];
  /** Octets; 0 is unlimited. */
  readonly quotaOctets: number;
  /** Largest mail the account may send, octets; 0 is the server's limit. */
  readonly maxMessageOctets: number;
  /** Most recipients of one mail it may send; 0 is the server's limit. */
  readonly maxRecipients: number;
  /** Most sessions at once per protocol; 0 is the server's limit. */
  readonly maxSessions: number;
}

/** Who signed in, as the table of access knows them. */
export function subjectOf({
  account,
  roles,
  applicationPassword,
}: Pick<SignedIn, 'account' | 'roles' | 'applicationPassword'>): Subject {
  return { kind: 'account', account, roles, isMailProgram: applicationPassword !== undefined };
}

export type Revocation = 'frozen' | 'closed' | 'credentials';

export interface SignIn {
  /**
   * Refusals: `credentialsWrong` (also for unknown names and aliases, after the same time), `accountFrozen`
   * (only after the right password), `tooManyAttempts`, `serverBusy`; where the account has a second factor, and again
   * only after the right password, `applicationPasswordNeeded` to a mail program, `secondFactorNeeded` and
   * `secondFactorWrong` to people. Rejects only where the log cannot be read or written.
   */
  signIn(credentials: Credentials): Promise<SignedIn | Refusal>;
  /**
   * Calls `listener` once when the account's sessions must end: it was frozen or closed, or its credentials
   * changed; where it signed in with an application password also when that is revoked. Also when that happened between
   * `signIn` and now. Returns the way to stop listening; call it at the session's end.
   */
  onRevoked(
    account: Uuid,
    listener: (why: Revocation) => void,
    applicationPassword?: Uuid | undefined,
  ): () => void;
}

export interface SignInParts {
  readonly dispatcher: Pick<Dispatcher, 'load' | 'dispatch' | 'onEvent'>;
  readonly directory: Pick<Directory, 'accountOfLogin'>;
  /** Where the secrets of second factors are sealed. */
  readonly keys: Pick<KeyStore, 'get'>;
  /** Told where a refused attempt could not be noted; for the operator's log. */
  readonly onProblem?: (error: unknown) => void;
  readonly now?: () => number;
  /** How a guess beyond the limits waits for its turn, milliseconds; with a timer where absent. */
  readonly wait?: (ms: number) => Promise<unknown>;
  /** Of the verifier that unknown names are checked against: the same as that of real ones. */
  readonly cost?: Argon2Cost;
  /** In which passwords are checked; two at once where absent. */
  readonly work?: BoundedWork;
}

/** One per process: it holds the limits and the cache. `close` writes what has been counted of refused attempts. */
export function createSignIn(parts: SignInParts): SignIn & { close(): Promise<void> } {
  return new AccountSignIn(parts);
}
