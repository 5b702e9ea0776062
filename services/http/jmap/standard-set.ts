/** What every /set has in common (RFC 8620 §5.3). */
import { type RefusalCode, refusals } from '../../domain/refusals.ts';
import { coreLimits } from './core-limits.ts';
import { InvalidPatch, patched } from './patch-object.ts';
import { invalidArguments, MethodError } from './problem.ts';
import type { ArgumentReader } from './read-arguments.ts';
import { isList, isMap, type Json, type JsonMap } from './request.ts';

export type SetErrorType =
  | 'forbidden'
  | 'overQuota'
  | 'tooLarge'
  | 'rateLimit'
  | 'notFound'
  | 'invalidPatch'
  | 'willDestroy'
  | 'invalidProperties'
  | 'singleton'
  // RFC 8621
  | 'mailboxHasChild'
  | 'mailboxHasEmail'
  | 'blobNotFound'
  | 'tooManyKeywords'
  | 'tooManyMailboxes'
  | 'invalidEmail'
  | 'alreadyExists'
  | 'tooManyRecipients'
  | 'noRecipients'
  | 'invalidRecipients'
  | 'forbiddenMailFrom'
  | 'forbiddenFrom'
  | 'forbiddenToSend'
  | 'cannotUnsend';

/** Why one object could not be created, updated or destroyed. */
export class SetError extends Error {
  override readonly name = 'SetError';
  readonly type: SetErrorType;
  readonly more: JsonMap;

  constructor(type: SetErrorType, description: string, more: JsonMap = {}) {
    super(description);
    this.type = type;
    this.more = more;
  }
}

export function invalidProperties(description: string, ...properties: string[]): SetError {
  return new SetError('invalidProperties', description, { properties });
}

/** The domain's no, as JMAP says it. */
const setErrorOf: Readonly<Partial<Record<RefusalCode, SetErrorType>>> = {
  overQuota: 'overQuota',
  mailboxFull: 'overQuota',
  messageTooLarge: 'tooLarge',
  requestTooLarge: 'tooLarge',
  mailboxNotFound: 'notFound',
  messageNotFound: 'notFound',
  mailboxHasChildren: 'mailboxHasChild',
  mailboxExists: 'invalidProperties',
  mailboxNameInvalid: 'invalidProperties',
  keywordLimit: 'tooManyKeywords',
  keywordInvalid: 'invalidProperties',
  messageMalformed: 'invalidEmail',
};

export function setErrorFor(code: RefusalCode): SetError {
  return new SetError(setErrorOf[code] ?? 'forbidden', refusals[code]);
}

/** The object after a patch; throws `SetError`. */
export function patchedOrRefused(object: JsonMap, patch: JsonMap): JsonMap {
  try {
    return patched(object, patch);
  } catch (error) {
    if (error instanceof InvalidPatch) throw new SetError('invalidPatch', error.message);
    throw error;
  }
}

export interface SetRequest {
  readonly ifInState: string | null;
  readonly create: ReadonlyMap<string, JsonMap>;
  readonly update: ReadonlyMap<string, JsonMap>;
  readonly destroy: readonly string[];
}

/** Throws `requestTooLarge` and `invalidArguments`. */
export function readSet(reader: ArgumentReader): SetRequest {
  const request = {
    ifInState: reader.optionalText('ifInState'),
    create: objects(reader, 'create'),
    update: objects(reader, 'update'),
    destroy: reader.optionalTexts('destroy') ?? [],
  };
  if (request.create.size + request.update.size + request.destroy.length > coreLimits.maxObjectsInSet)
    throw new MethodError('requestTooLarge', `more than ${coreLimits.maxObjectsInSet} objects`);
  return request;
}

export function mustBeInState({ ifInState }: Pick<SetRequest, 'ifInState'>, state: string): void {
  if (ifInState !== null && ifInState !== state)
    throw new MethodError('stateMismatch', 'the state is not the one that was asked for');
}

function objects(reader: ArgumentReader, name: string): ReadonlyMap<string, JsonMap> {
  const map = reader.optionalMap(name) ?? {};
  const entries = Object.entries(map);
  const wrong = entries.find(([, value]) => !isMap(value));
  if (wrong) throw invalidArguments(`${name}/${wrong[0]} is not an object`);
  return new Map(entries as [string, JsonMap][]);
}

/** What became of each object of a /set. */
export class SetOutcome {
  readonly #created = new Map<string, JsonMap>();
  readonly #updated = new Map<string, JsonMap | null>();
  readonly #destroyed: string[] = [];
  readonly #failed = {
    create: new Map<string, SetError>(),
    update: new Map<string, SetError>(),
    destroy: new Map<string, SetError>(),
  };

  created(creationId: string, object: JsonMap): void {
    this.#created.set(creationId, object);
  }

  updated(id: string): void {
    this.#updated.set(id, null);
  }

  destroyed(id: string): void {
    this.#destroyed.push(id);
  }

  failed(how: 'create' | 'update' | 'destroy', id: string, error: SetError): void {
    this.#failed[how].set(id, error);
  }

  /** Runs `work` for one object; a `SetError` becomes its answer, other errors go on. */
  async attempt(how: 'create' | 'update' | 'destroy', id: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof SetError)) throw error;
      this.failed(how, id, error);
    }
  }

  answer(accountId: string, oldState: string, newState: string): JsonMap {
    return {
      accountId,
      oldState,
      newState,
      created: orNull(this.#created),
      updated: orNull(this.#updated),
      destroyed: this.#destroyed.length > 0 ? this.#destroyed : null,
      notCreated: errors(this.#failed.create),
      notUpdated: errors(this.#failed.update),
      notDestroyed: errors(this.#failed.destroy),
    };
  }

  /** The answer of a method that creates alone (RFC 8621 §4.7, §4.8). */
  creations(accountId: string, oldState: string, newState: string): JsonMap {
    const [created, notCreated] = [orNull(this.#created), errors(this.#failed.create)];
    return { accountId, oldState, newState, created, notCreated };
  }
}

function orNull(map: ReadonlyMap<string, Json>): JsonMap | null {
  return map.size > 0 ? Object.fromEntries(map) : null;
}

function errors(failed: ReadonlyMap<string, SetError>): JsonMap | null {
  return orNull(
    new Map(
      [...failed].map(([id, { type, message, more }]) => [id, { type, description: message, ...more }]),
    ),
  );
}

/** Ids that a map `{id: true}` names (RFC 8620 §1.6.2); null where it is none. */
export function trueKeys(value: Json | undefined): string[] | null {
  if (!isMap(value) || isList(value)) return null;
  const entries = Object.entries(value);
  return entries.every(([, each]) => each === true) ? entries.map(([key]) => key) : null;
}
