/** The Authentication-Results field (RFC 8601 §2.2). Pure. What strangers chose stands in it as names of DNS alone. */
import type { Authentication, DkimFinding } from '../domain/authentication.ts';

/** Signatures that the field names. */
const maxNamed = 10;
const maxNameCharacters = 128;

/** Its clauses: the name of who checked, then one for each method and signature; all but the last end in a semicolon. */
export function authenticationClauses(
  hostname: string,
  { spf, dkim, dmarc, arc }: Omit<Authentication, 'claims'>,
): readonly string[] {
  const signatures = dkim.signatures.slice(0, maxNamed);
  const clauses = [
    `spf=${spf.result}${property('smtp.mailfrom', spf.domain)}`,
    ...(signatures.length === 0 ? [`dkim=${dkim.result}`] : signatures.map(dkimClause)),
    `dmarc=${dmarc.result}${property('header.from', dmarc.domain)}`,
    `arc=${arc.result}${property('header.d', arc.domain)}`,
  ];
  return [hostname, ...clauses].map((clause, i) => (i < clauses.length ? `${clause};` : clause));
}

function dkimClause({ result, domain, selector, algorithm }: DkimFinding): string {
  const properties = [
    property('header.d', domain),
    property('header.s', selector),
    property('header.a', algorithm),
  ];
  return `dkim=${result}${properties.join('')}`;
}

/** Nothing where it is empty or has what would want quoting. */
function property(name: string, value: string): string {
  const isName = /^[\p{L}\p{N}._-]+$/u.test(value) && value.length <= maxNameCharacters;
  return isName ? ` ${name}=${value}` : '';
}
