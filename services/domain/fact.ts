/**
 * The types that follow from a category's event declarations, so that a draft with a wrong member does not
 * compile, and the one way to make a draft.
 */
import type { DraftEvent, JsonObject, JsonValue } from './event.ts';
import type { EventType } from './event-type.ts';
import type { Refusal } from './refusals.ts';

type EventTypes = Readonly<Record<string, EventType>>;

type Literals<L extends string> = L extends `${infer First}|${infer Rest}` ? First | Literals<Rest> : L;

/** TypeScript type of a clear member, from its kind. */
export type ClearValue<K extends string> = K extends `${infer Base}?`
  ? ClearValue<Base> | null
  : K extends `oneOf:${infer L}`
    ? Literals<L>
    : K extends 'integer' | 'time'
      ? number
      : K extends 'boolean'
        ? boolean
        : K extends 'integers' | 'ranges'
          ? readonly number[]
          : K extends 'uuids' | 'tags'
            ? readonly string[]
            : string;

export type ClearOf<T extends EventType> = {
  readonly [M in keyof T['clear']]: ClearValue<T['clear'][M] & string>;
};

export type PersonalOf<T extends EventType> = T extends { personal: infer P }
  ? { readonly [M in keyof P]: JsonValue }
  : null;

/** An event of the category as `evolve` meets it: the personal part is null once its key is destroyed. */
export type FactOf<T extends EventTypes> = {
  [N in keyof T & string]: {
    readonly type: N;
    readonly version: number;
    readonly data: ClearOf<T[N]>;
    readonly personal: PersonalOf<T[N]> | null;
  };
}[keyof T & string];

/** What `decide` answers. No events: it is so already. */
export type Decision = { readonly events: readonly DraftEvent[] } | Refusal;

/** What a stream category decides by. `evolve` may change the state in place; `decide` never does. */
export interface Aggregate<S, C> {
  readonly category: string;
  initial(): S;
  decide(state: S, command: C): Decision;
  /** `event` is one of the category's own; its personal part is null once its key is destroyed. */
  evolve(state: S, event: DraftEvent): S;
}

/** Makes the drafts of one category: `const draft = drafterOf(domainEvents); draft('AliasAdded', {…}, {…})`. */
export function drafterOf<T extends EventTypes>(types: T) {
  return <N extends keyof T & string>(
    type: N,
    data: ClearOf<T[N]>,
    ...personal: PersonalOf<T[N]> extends null ? [] : [PersonalOf<T[N]>]
  ): DraftEvent => ({
    type,
    version: types[type]!.version,
    data: data as JsonObject,
    personal: (personal[0] as JsonObject | undefined) ?? null,
  });
}

/** A member of a personal part; null where it is not a text or the part's key has been destroyed. */
export function sealedText(personal: object | null, member: string): string | null {
  const value = (personal as JsonObject | null)?.[member];
  return typeof value === 'string' ? value : null;
}
