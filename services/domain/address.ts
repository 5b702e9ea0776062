/**
 * Addresses: their syntax (RFC 5321 §4.1.2, RFC 6531 §3.3), the one form in which they are compared, and the
 * texts that tags are made of. Pure; the keyed hash itself is in `services/tags.ts`.
 */
import { domainToASCII } from 'node:url';
import type { Uuid } from './values.ts';

/** Octets, RFC 5321 §4.5.3.1. */
const maxLocalPartOctets = 64;
const maxDomainOctets = 255;
/** An address longer than this does not fit into a path (RFC 5321 §4.5.3.1.3, erratum 1690). */
const maxAddressOctets = 254;
const maxLabelOctets = 63;

export interface Address {
  /** Without quotes, in NFC, letters as typed. */
  readonly localPart: string;
  /** A-labels in lower case, or an address literal in brackets. */
  readonly domain: string;
}

/** Parses `local@domain`; null where it is none. Quoted local parts lose their quotes. */
export function parseAddress(text: string): Address | null {
  if (text.length > maxAddressOctets * 2) return null;
  const at = text.lastIndexOf('@');
  if (at < 1) return null;
  const localPart = parseLocalPart(text.slice(0, at));
  const domain = parseMailDomain(text.slice(at + 1));
  if (localPart === null || domain === null) return null;
  return Buffer.byteLength(localPart) + 1 + domain.length > maxAddressOctets ? null : { localPart, domain };
}

const dotAtom = /^[\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u0080-\u{10ffff}-]+)*$/u;
/** Between the quotes: printable ASCII and non-ASCII, `"` and `\` only escaped. */
const quotedContent = /^(?:[^"\\\u0000-\u001f\u007f-\u009f]|\\[\u0020-\u007e])*$/u;
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** The local part without quotes, in NFC; null where it is not one. */
export function parseLocalPart(text: string): string | null {
  const quoted = text.length > 1 && text.startsWith('"') && text.endsWith('"');
  if (!(quoted ? quotedContent.test(text.slice(1, -1)) : dotAtom.test(text))) return null;
  const content = (quoted ? text.slice(1, -1).replace(/\\(.)/gu, '$1') : text).normalize('NFC');
  return isLocalPart(content) ? content : null;
}

/** Can this, already without quotes, be a local part? Whatever prints can, in quotes if need be. */
export function isLocalPart(content: string): boolean {
  if (content === '' || unprintable.test(content) || content !== content.normalize('NFC')) return false;
  return Buffer.byteLength(content) <= maxLocalPartOctets;
}

/** The local part as it stands in an address: quoted where it must be. */
export function localPartText(localPart: string): string {
  return dotAtom.test(localPart) ? localPart : `"${localPart.replace(/["\\]/g, '\\$&')}"`;
}

export function addressText({ localPart, domain }: Address): string {
  return `${localPartText(localPart)}@${domain}`;
}

const addressLiteral = /^\[[0-9a-fA-F:.]+\]$|^\[IPv6:[0-9a-fA-F:.]+\]$/i;

function parseMailDomain(text: string): string | null {
  return addressLiteral.test(text) ? text.toLowerCase() : parseDomain(text);
}

/** Separators that a URL parser would cut at, and what never stands in a domain name. */
const notInDomain = /[\u0000-\u0020\u007f/?#@:%\\[\]<>^|"'(),;*]/;
const label = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/**
 * A domain name as A-labels in lower case (RFC 5890), or null. Underscores and names that are numbers only
 * (which would be IP addresses) are refused; a final dot is not part of a mail domain (RFC 5321 §2.3.5).
 */
export function parseDomain(text: string): string | null {
  if (text.length === 0 || text.length > maxDomainOctets || notInDomain.test(text)) return null;
  const ascii = /[^\u0000-\u007f]/.test(text) ? domainToASCII(text) : text.toLowerCase();
  if (ascii.length === 0 || ascii.length > maxDomainOctets) return null;
  const labels = ascii.split('.');
  if (!labels.every((part) => part.length <= maxLabelOctets && label.test(part))) return null;
  return /^[0-9]+$/.test(labels.at(-1)!) ? null : ascii;
}

/** Case never distinguishes local parts here, nor does the Unicode form. */
export function normalLocalPart(localPart: string): string {
  return localPart.toLowerCase().normalize('NFC');
}

/** `wang` of `wang+list`; null where there is no detail (RFC 5233). */
export function withoutDetail(localPart: string): string | null {
  const plus = localPart.indexOf('+');
  return plus < 1 ? null : localPart.slice(0, plus);
}

/** Text of a domain name's tag. */
export function domainTagText(domain: string): string {
  return `@${domain}`;
}

/** Text of the tag of an address anywhere. */
export function addressTagText({ localPart, domain }: Address): string {
  return `${normalLocalPart(localPart)}@${domain}`;
}

/**
 * Text of the tag under which a domain's registry holds a local part. The domain's id stands where a name
 * would: so one entry answers for every name bound to the domain, and routing needs no sealed name.
 */
export function registryTagText(localPart: string, domain: Uuid): string {
  return `${normalLocalPart(localPart)}@${domain}`;
}

/** Text of the tag of a department's name: width, case and composition do not tell names apart. */
export function departmentTagText(name: string): string {
  return `#${name.trim().normalize('NFKC').toLowerCase()}`;
}

/** The local part that every domain answers to (RFC 5321 §4.5.1). */
export function isPostmaster(localPart: string): boolean {
  return normalLocalPart(localPart) === 'postmaster';
}
