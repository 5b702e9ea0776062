/**
 * What a verb of the `muniment` command is. `prepare` runs where the person types (it reads files, asks for
 * nothing); `perform` runs where the data are: in the serving process, or here under the exclusive lock.
 */
import type { Act, Permit } from '../../policies/access.ts';
import type { JsonValue } from '../domain/event.ts';
import type { OperatorAct } from '../domain/session.ts';
import type { LookedAt } from '../recording/record-operator.ts';
import type { House } from './house.ts';

/** Exit codes that scripts may rely on; `verify` has more of its own (`ledger/findings.ts`). */
export const exitCodes = {
  done: 0,
  /** The verb was carried out and says no: something is damaged, refused or missing. */
  failed: 1,
  /** The command line is wrong (EX_USAGE of sysexits). */
  usage: 64,
  /** A server runs and does not answer, or none runs and the data folder cannot be opened (EX_UNAVAILABLE). */
  unavailable: 69,
} as const;

export interface Answer {
  /** What `--json` prints. */
  readonly json: JsonValue;
  /** What people read; without a final newline. */
  readonly text: string;
  readonly exitCode?: number;
  /** A file to write where the person is, for verbs with `-o`. */
  readonly file?: { readonly path: string; readonly content: Uint8Array };
}

export type Progress = (done: number, total: number, what: string) => void;

export interface Verb {
  /** One to three words: `domain add`. */
  readonly name: string;
  /** What the table of access is asked before the verb is performed (`perform.ts`). */
  readonly act: Act;
  readonly summary: string;
  /** Arguments behind the name, for the help. */
  readonly usage: string;
  /** What the summary leaves open; for the help. */
  readonly details?: string;
  /** Command lines behind `muniment`, for the help; a test has each understood by `prepare`. */
  readonly examples: readonly string[];
  /** Command line to request; throws `UsageError`. */
  prepare(args: readonly string[]): Promise<JsonValue> | JsonValue;
  perform(house: House, request: JsonValue, progress: Progress, permit: Permit): Promise<Answer>;
  /** Of a verb that shows mail: what is recorded before it is performed. */
  readonly looksAt?: (request: JsonValue) => LookedAt;
}

/** A verb with its own type of request; `asVerb` forgets the type. */
export type TypedVerb<Request extends JsonValue, A extends Act> = VerbParts<Request, A> & Looking<Request, A>;

/** A verb whose act shows mail does not compile without saying what it looks at. */
type Looking<Request extends JsonValue, A extends Act> = A extends OperatorAct
  ? { looksAt(request: Request): LookedAt }
  : { readonly looksAt?: never };

interface VerbParts<Request extends JsonValue, A extends Act> {
  readonly name: string;
  readonly act: A;
  readonly summary: string;
  readonly usage: string;
  readonly details?: string;
  readonly examples: readonly string[];
  prepare(args: readonly string[]): Promise<Request> | Request;
  perform(house: House, request: Request, progress: Progress, permit: Permit<A>): Promise<Answer>;
}

/** Requests are made by the same verb's `prepare`, here or at the other end of the control socket. */
export function asVerb<Request extends JsonValue, const A extends Act = Exclude<Act, OperatorAct>>(
  verb: TypedVerb<Request, A>,
): Verb {
  return verb as unknown as Verb;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A no that is meant for the person: printed as it stands, exit code 1. */
export class VerbFailure extends Error {
  override readonly name = 'VerbFailure';
}
