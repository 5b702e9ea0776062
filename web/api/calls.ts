/** Calls of `/api/`, with the types of the contract: `ask('GET /api/accounts', { query: { search: 'wang' } })`. */
import type { ApiContract } from '../../services/http/api/contract/api-contract.ts';
import type {
  AnswerOf,
  BodyOf,
  FileAnswer,
  ParamsOf,
  QueryOf,
} from '../../services/http/api/contract/route-declaration.ts';
import { ownPageHeaders } from '../webmail/session.ts';

type Routes = {
  [K in keyof ApiContract as `${ApiContract[K]['method']} ${ApiContract[K]['path']}`]: ApiContract[K];
};

export type RouteKey = keyof Routes;

/** What a route takes: of path, address and body those that it declares. */
export type Asked<K extends RouteKey> = (Routes[K] extends { readonly params: object }
  ? { readonly params: ParamsOf<Routes[K]> }
  : unknown) &
  (Routes[K] extends { readonly query: object } ? { readonly query: QueryOf<Routes[K]> } : unknown) &
  (Routes[K] extends { readonly body: object } ? { readonly body: BodyOf<Routes[K]> } : unknown) & {
    readonly revision?: string | null;
  };

/** What a route answers; a file is a `Blob`, nothing is null. */
export type Answered<K extends RouteKey> = Routes[K]['answer'] extends null
  ? null
  : Routes[K]['answer'] extends FileAnswer
    ? Blob
    : AnswerOf<Routes[K]>;

export interface FieldProblem {
  readonly in: string;
  readonly field: string;
  readonly detail: string;
}

/** The server said no, or could not be reached (status 0). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  /** Of docs/refusals.md, or `requestInvalid`, `tooManyRequests`, `serverFailed`, `unreachable`. */
  readonly code: string;
  readonly about: string;
  readonly problems: readonly FieldProblem[];

  constructor(status: number, problem: Partial<Pick<ApiProblem, 'code' | 'about' | 'problems'>>) {
    super(problem.code ?? 'serverFailed');
    this.status = status;
    this.code = problem.code ?? 'serverFailed';
    this.about = problem.about ?? '';
    this.problems = problem.problems ?? [];
  }
}

export interface Reply<K extends RouteKey> {
  readonly answer: Answered<K>;
  /** For `revision` of a later change; null where there is none. */
  readonly revision: string | null;
}

interface AskedParts {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly revision?: string | null;
}

/** Throws `ApiProblem`. */
export async function ask<K extends RouteKey>(key: K, asked: Asked<K>): Promise<Answered<K>> {
  return (await askWithRevision(key, asked)).answer;
}

/** As `ask`, with the revision of what is answered. Throws `ApiProblem`. */
export async function askWithRevision<K extends RouteKey>(key: K, asked: Asked<K>): Promise<Reply<K>> {
  const [method, path] = key.split(' ') as [string, string];
  const { params = {}, query = {}, body, revision } = asked as AskedParts;
  const response = await fetch(addressOf(path, params, query), {
    method,
    headers: {
      ...ownPageHeaders,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(revision && { 'if-match': revision }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiProblem(0, { code: 'unreachable' });
  });
  if (!response.ok) throw new ApiProblem(response.status, await response.json().catch(() => ({})));
  return { answer: (await contentOf(response)) as Answered<K>, revision: response.headers.get('etag') };
}

function addressOf(path: string, params: Record<string, string>, query: Record<string, unknown>): string {
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name]!));
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return search === '' ? filled : `${filled}?${search}`;
}

async function contentOf(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return isJson ? response.json() : response.blob();
}
