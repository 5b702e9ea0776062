/** A client of `/api/` for tests: signed in as one account; every answer is held against the schema that is declared. */
import assert from 'node:assert/strict';
import Value from 'typebox/value';
import { type ApiContract, apiContract } from '../../services/http/api/contract/api-contract.ts';
import {
  type AnswerOf,
  type BodyOf,
  isFileAnswer,
  type ParamsOf,
  type QueryOf,
  type RouteDeclaration,
} from '../../services/http/api/contract/route-declaration.ts';

type Name = keyof ApiContract;

export interface ApiAsked<R> {
  readonly params?: ParamsOf<R>;
  readonly query?: QueryOf<R>;
  readonly body?: BodyOf<R>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly problems?: readonly { readonly in: string; readonly field: string; readonly detail: string }[];
}

export class ApiClient {
  readonly #base: string;
  readonly #authorisation: string;

  constructor(port: number, login: string, password: string) {
    this.#base = `http://127.0.0.1:${port}`;
    this.#authorisation = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
  }

  /** Fails where it is refused. */
  async ask<N extends Name>(
    name: N,
    asked: ApiAsked<ApiContract[N]> = {},
  ): Promise<AnswerOf<ApiContract[N]>> {
    const response = await this.#fetch(name, asked as ApiAsked<RouteDeclaration>);
    assert.ok(response.ok, `${name}: ${response.status} ${response.ok ? '' : await response.text()}`);
    const { answer } = apiContract[name] as RouteDeclaration;
    if (answer === null) return undefined as AnswerOf<ApiContract[N]>;
    if (isFileAnswer(answer))
      return new Uint8Array(await response.arrayBuffer()) as unknown as AnswerOf<ApiContract[N]>;
    const given: unknown = await response.json();
    assert.ok(Value.Check(answer, given), `${name}: ${JSON.stringify(Value.Errors(answer, given)[0])}`);
    return given as AnswerOf<ApiContract[N]>;
  }

  /** Fails where it is not refused. */
  async refused<N extends Name>(name: N, asked: ApiAsked<ApiContract[N]> = {}): Promise<Problem> {
    const response = await this.#fetch(name, asked as ApiAsked<RouteDeclaration>);
    assert.ok(!response.ok, `${name} was not refused`);
    return (await response.json()) as Problem;
  }

  /** Its ETag. */
  async revision<N extends Name>(name: N, asked: ApiAsked<ApiContract[N]>): Promise<string> {
    return (await this.#fetch(name, asked as ApiAsked<RouteDeclaration>)).headers.get('etag')!;
  }

  #fetch(name: Name, asked: ApiAsked<RouteDeclaration>): Promise<Response> {
    const { method, path } = apiContract[name] as RouteDeclaration;
    const {
      params = {},
      query = {},
      body,
      headers = {},
    } = asked as {
      readonly params?: Record<string, string>;
      readonly query?: Record<string, unknown>;
      readonly body?: unknown;
      readonly headers?: Record<string, string>;
    };
    const filled = path.replaceAll(/:(\w+)/g, (_, member: string) => encodeURIComponent(params[member]!));
    const search = new URLSearchParams(
      Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
    );
    return fetch(`${this.#base}${filled}?${search}`, {
      method,
      headers: {
        authorization: this.#authorisation,
        ...headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }
}
