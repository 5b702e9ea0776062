/** What a handler of `/api/` gets of a request that has been let in and validated. */
import type { Act, Permit } from '../../../policies/access.ts';
import type { Actor } from '../../domain/event.ts';
import type { Uuid } from '../../domain/values.ts';
import type { Asker, HttpSession } from '../http-sessions.ts';
import type { ApiParts } from './api-parts.ts';
import type {
  AnswerOf,
  BodyOf,
  ParamsOf,
  QueryOf,
  RouteDeclaration,
  RouteTable,
} from './contract/route-declaration.ts';

export interface ApiCall<R extends RouteDeclaration = RouteDeclaration> {
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  readonly body: BodyOf<R>;
  readonly asker: Asker;
  /** Throws on a route that is open to anybody. */
  readonly caller: HttpSession;
  readonly actor: Actor;
  /** Of `If-Match`; undefined where there is none. */
  readonly seenRevision: number | undefined;
  /** The cookie that came along; null without one. */
  readonly token: string | null;
  /** The table's answer for somebody's own, or with null for the installation's; throws `Refused`. */
  permit(owner: Uuid | null): Permit<Act>;
  /**
   * To be awaited before an answer of a route that `concerns: 'found'`: records whose it is (and which mail) that is
   * about to be shown, others' durably. Throws `Refused` where it cannot be recorded. `sealed`: by a rule
   * these people are not told. `reason`: why, where that is asked.
   */
  shows(owners: readonly Uuid[], message: Uuid | null, sealed?: boolean, reason?: string): Promise<void>;
  /** The revision of what is answered, as its `ETag`. */
  setRevision(revision: number): void;
  /** Null takes the cookie away. */
  setToken(token: string | null): void;
  /** Of an answer that is a file. */
  setFileName(name: string): void;
}

export type Handler<R extends RouteDeclaration> = (
  call: ApiCall<R>,
  parts: ApiParts,
) => R['answer'] extends null ? Promise<void> : AnswerOf<R> | Promise<AnswerOf<R>>;

/** One handler for every route of a table: a missing one does not compile. */
export type Handlers<T extends RouteTable> = { readonly [K in keyof T]: Handler<T[K]> };
