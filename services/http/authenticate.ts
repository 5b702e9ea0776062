/**
 * Who asks: the session of the cookie, or the account whose password came along (RFC 7617). A request that changes
 * something under a cookie must carry a header that no other site can make a browser send.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isRefusal, type Refusal, refuse } from '../domain/refusals.ts';
import type { Asker, HttpSession, HttpSessions } from './http-sessions.ts';
import { ownPageHeader } from './own-page.ts';

export const sessionCookie = 'muniment_session';

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const maxCredentialOctets = 2000;

/** Of a method that changes nothing (RFC 9110 §9.2.1). */
export function isSafe(method: string): boolean {
  return safeMethods.has(method);
}

export function askerOf({ ip, headers, protocol }: FastifyRequest): Asker {
  const program = (headers['user-agent'] ?? '').slice(0, 200);
  return { peer: ip, program, isEncrypted: protocol === 'https' };
}

/** Null where nobody has signed in, or no longer. */
export async function authenticate(
  request: FastifyRequest,
  sessions: HttpSessions,
): Promise<HttpSession | Refusal | null> {
  if (isOfAnotherSite(request))
    return refuse('notPermitted', 'the request comes from a page of another site');
  const { authorization } = request.headers;
  if (authorization !== undefined) return byPassword(authorization, request, sessions);
  const token = cookieOf(request);
  if (token === null) return null;
  if (!safeMethods.has(request.method) && request.headers[ownPageHeader] === undefined)
    return refuse('notPermitted', 'the request does not come from our own page');
  return sessions.byToken(token);
}

/** Browsers say so themselves, and send a password that they remember along; programs say nothing. */
function isOfAnotherSite({ method, headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  return !safeMethods.has(method) && site !== undefined && site !== 'same-origin' && site !== 'none';
}

async function byPassword(
  authorization: string,
  request: FastifyRequest,
  sessions: HttpSessions,
): Promise<HttpSession | Refusal> {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization) ?? [];
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1 || text.length > maxCredentialOctets) return refuse('credentialsWrong');
  return sessions.byPassword(text.slice(0, colon), text.slice(colon + 1), askerOf(request));
}

export function cookieOf({ headers }: FastifyRequest): string | null {
  for (const pair of (headers.cookie ?? '').split(';')) {
    const [name = '', value] = pair.split('=', 2);
    if (name.trim() === sessionCookie && value) return value.trim();
  }
  return null;
}

/** `SameSite=Strict`: no other site's page can use it. Plain HTTP serves this machine only. */
export function setCookie(reply: FastifyReply, token: string | null, isEncrypted: boolean): void {
  const attributes = ['Path=/', 'HttpOnly', 'SameSite=Strict', ...(isEncrypted ? ['Secure'] : [])];
  if (token === null) attributes.push('Max-Age=0');
  reply.header('set-cookie', [`${sessionCookie}=${token ?? ''}`, ...attributes].join('; '));
}

export function isSignedIn(asked: HttpSession | Refusal | null): asked is HttpSession {
  return asked !== null && !isRefusal(asked);
}
