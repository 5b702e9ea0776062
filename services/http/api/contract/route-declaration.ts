/**
 * How a route of `/api/` is declared, once: who may, what goes in and what comes out. The server validates by it, the
 * pages take their types from it, and `docs/openapi.json` is made of it. Pure.
 */
import type { Static, TObject, TSchema } from 'typebox';
import type { Act } from '../../../../policies/access.ts';
import type { RefusalCode } from '../../../domain/refusals.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Whose what is asked for is: the caller's own, the installation's, or that of people whom the handler finds out and
 * asks about itself (`ApiCall.permit`).
 */
export type Concerns = 'own' | 'installation' | 'found';

/** An answer that is a file. */
export interface FileAnswer {
  readonly media: string;
  /** A frame of our pages shows it by the browser's own viewer (`viewed-file.ts`); otherwise it is saved. */
  readonly isFramed?: true;
}

export interface RouteDeclaration {
  readonly method: Method;
  /** With `:name` for each of `params`. */
  readonly path: `/api/${string}`;
  readonly act: Act;
  readonly concerns: Concerns;
  /** What it does, in one sentence. */
  readonly summary: string;
  readonly params?: TObject;
  readonly query?: TObject;
  readonly body?: TSchema;
  /** Largest body in octets, where it is not the server's usual one. */
  readonly maxBodyOctets?: number;
  /** Counted apart from other requests (`token-buckets.ts`). */
  readonly rate?: 'find';
  /** Null: 204, nothing. */
  readonly answer: TSchema | FileAnswer | null;
  /** The change is refused where `If-Match` names an older revision than there is. */
  readonly takesRevision?: true;
  /** The member of the request that a refusal is about. */
  readonly blames?: Readonly<Partial<Record<RefusalCode, string>>>;
}

/** Types follow from what is declared. */
export function route<const R extends RouteDeclaration>(declaration: R): R {
  return declaration;
}

type StaticOf<S> = S extends TSchema ? Static<S> : Readonly<Record<never, never>>;

export type ParamsOf<R> = R extends { readonly params: infer S } ? StaticOf<S> : StaticOf<null>;
export type QueryOf<R> = R extends { readonly query: infer S } ? StaticOf<S> : StaticOf<null>;
export type BodyOf<R> = R extends { readonly body: infer S } ? StaticOf<S> : StaticOf<null>;
export type AnswerOf<R extends RouteDeclaration> = R['answer'] extends FileAnswer
  ? Uint8Array
  : R['answer'] extends TSchema
    ? Static<R['answer']>
    : undefined;

export function isFileAnswer(answer: RouteDeclaration['answer']): answer is FileAnswer {
  return answer !== null && 'media' in answer;
}

export type RouteTable = Readonly<Record<string, RouteDeclaration>>;
