/** What the pages do by hand: sign in with password and code, and go on under the cookie. */
import assert from 'node:assert/strict';
import { codeOf, stepOf } from '../../services/sign-in/totp.ts';
import type { Problem } from './api-client.ts';
import { octetsOfBase32 } from './base32-octets.ts';

const ownPage = { 'x-muniment-page': '1' } as const;

export interface PageAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface TurnedOn {
  /** Base 32. */
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

export class PageClient {
  readonly #base: string;
  #cookie = '';

  constructor(port: number) {
    this.#base = `http://127.0.0.1:${port}`;
  }

  /** Null where one is in; otherwise what was said. */
  async signIn(login: string, password: string, code?: string): Promise<Problem | null> {
    const { status, body } = await this.send('POST', '/api/session', {
      login,
      password,
      ...(code !== undefined && { code }),
    });
    return status === 204 ? null : (body as Problem);
  }

  /** What the person then has; the code that proves it is of the step before now, so that two more can follow at once. */
  async turnOnSecondFactor(password: string): Promise<TurnedOn> {
    const { body } = await this.send('POST', '/api/own/second-factor/secret');
    const { secret } = body as { secret: string };
    const code = codeOf(octetsOfBase32(secret), stepOf(Date.now()) - 1);
    const { status, body: given } = await this.send('PUT', '/api/own/second-factor', { password, code });
    assert.equal(status, 200, JSON.stringify(given));
    return { secret, recoveryCodes: (given as TurnedOn).recoveryCodes };
  }

  async send(method: string, path: string, body?: unknown): Promise<PageAnswer> {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      headers: {
        ...ownPage,
        cookie: this.#cookie,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const given = response.headers.get('set-cookie');
    if (given !== null) this.#cookie = given.split(';')[0]!;
    return { status: response.status, body: response.status === 204 ? null : await response.json() };
  }
}
