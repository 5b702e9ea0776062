/**
 * The trace text: the header lines that acceptance puts in front of a mail (docs/formats.md §Trace text). What
 * a peer says of itself stands in it, so nothing of that may end a line or begin a field. There is no `for`
 * clause: it would show one recipient's address to another (RFC 5321 §7.6).
 */
import { isIPv6 } from 'node:net';
import type { Authentication } from '../domain/authentication.ts';
import type { Uuid } from '../domain/values.ts';
import { authenticationClauses } from './authentication-field.ts';

export interface TraceFacts {
  readonly message: Uuid;
  /** Name of this server. */
  readonly hostname: string;
  /** Time of the acceptance, UTC milliseconds. */
  readonly atMs: number;
  /** Envelope sender; empty for the null sender. */
  readonly returnPath: string;
  readonly peer: {
    /** IP address. */
    readonly address: string;
    readonly helo: string;
    /** RFC 3848 keyword. */
    readonly with: string;
    readonly tls: string | null;
  };
  /** Address of the account that signed in, or null. */
  readonly authenticatedSender: string | null;
  /** Null where nothing was checked. */
  readonly authentication: Authentication | null;
}

/** RFC 5322 §2.1.1. Only what has no place to fold (an address, a name) may be longer. */
const maxLineCharacters = 78;
const maxHeloCharacters = 255;

/** Return-Path, Authentication-Results, Received and, for submissions, X-Authenticated-Sender; each line ends in CRLF. */
export function traceText(facts: TraceFacts): string {
  const fields = [`Return-Path: <${oneLine(facts.returnPath)}>`];
  if (facts.authentication !== null) {
    const clauses = authenticationClauses(facts.hostname, facts.authentication);
    fields.push(folded('Authentication-Results:', clauses));
  }
  fields.push(received(facts));
  if (facts.authenticatedSender !== null) {
    fields.push(folded('X-Authenticated-Sender:', [oneLine(facts.authenticatedSender)]));
  }
  return `${fields.join('\r\n')}\r\n`;
}

/** RFC 5321 §4.4. */
function received({ message, hostname, atMs, peer }: TraceFacts): string {
  const literal = addressLiteral(peer.address);
  const tls = peer.tls === null ? [] : [`(${peer.tls.replace(/[^\w .-]/g, '?')})`];
  return folded('Received:', [
    `from ${heloName(peer.helo) || literal} (${literal})`,
    `by ${hostname}`,
    `with ${peer.with.replace(/[^A-Z0-9]/g, '?')}`,
    ...tls,
    `id ${message};`,
    dateTime(atMs),
  ]);
}

/** A field whose clauses go on the next line where they no longer fit. */
function folded(name: string, clauses: readonly string[]): string {
  let text = name;
  let lineCharacters = name.length;
  for (const clause of clauses) {
    const fits = lineCharacters + 1 + clause.length <= maxLineCharacters;
    // A tab counts as one character.
    text += fits ? ` ${clause}` : `\r\n\t${clause}`;
    lineCharacters = fits ? lineCharacters + 1 + clause.length : 1 + clause.length;
  }
  return text;
}

/** Letters that stand in host names and address literals; whatever else the peer says becomes `?`. */
function heloName(helo: string): string {
  return helo.slice(0, maxHeloCharacters).replace(/[^A-Za-z0-9._:[\]-]/g, '?');
}

function addressLiteral(address: string): string {
  const clean = address.replace(/[^0-9A-Fa-f.:]/g, '?');
  return isIPv6(clean) ? `[IPv6:${clean}]` : `[${clean}]`;
}

/** Addresses have been parsed before; here it is seen once more that none of them breaks a line. */
function oneLine(address: string): string {
  return address.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?');
}

/** RFC 5322 §3.3, in UTC. */
function dateTime(atMs: number): string {
  return new Date(atMs).toUTCString().replace('GMT', '+0000');
}
