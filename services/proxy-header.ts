/**
 * The header by which a proxy before the mail doors says for whom it connects: PROXY protocol, version 1 (a line) and
 * version 2 (octets), after HAProxy's proxy-protocol.txt. Pure.
 */
import { isIP } from 'node:net';

/**
 * `address`: of the peer; null where the proxy speaks for itself (its health checks: UNKNOWN, LOCAL) or of no address
 * of the internet. `octets`: how long the header is; what follows is the peer's.
 */
export type ProxyHeader =
  | { readonly kind: 'whole'; readonly address: string | null; readonly octets: number }
  | { readonly kind: 'more' }
  | { readonly kind: 'none' };

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const lineStart = Buffer.from('PROXY ', 'latin1');
/** Section 2.1: with its CRLF. */
const maxLineOctets = 107;
/** What a proxy adds behind the addresses (TLVs) is read over; more than this is none of them. */
const maxBinaryOctets = 4096;
const binaryHeadOctets = 16;
const none: ProxyHeader = { kind: 'none' };
const more: ProxyHeader = { kind: 'more' };

/** Never throws; asks for more only while what is there is the beginning of a header. */
export function proxyHeader(octets: Buffer): ProxyHeader {
  if (startsAlike(octets, lineStart)) return octets.length < lineStart.length ? more : ofLine(octets);
  if (startsAlike(octets, signature)) return octets.length < binaryHeadOctets ? more : ofOctets(octets);
  return none;
}

function startsAlike(octets: Buffer, start: Buffer): boolean {
  const length = Math.min(octets.length, start.length);
  return octets.subarray(0, length).equals(start.subarray(0, length));
}

/** Section 2.1. */
function ofLine(octets: Buffer): ProxyHeader {
  const end = octets.subarray(0, maxLineOctets).indexOf('\r\n');
  if (end < 0) return octets.length < maxLineOctets ? more : none;
  const [, family, address = '', ...rest] = octets.toString('latin1', 0, end).split(' ');
  if (family === 'UNKNOWN') return { kind: 'whole', address: null, octets: end + 2 };
  const version = family === 'TCP4' ? 4 : family === 'TCP6' ? 6 : 0;
  if (version === 0 || isIP(address) !== version || rest.length !== 3) return none;
  return { kind: 'whole', address, octets: end + 2 };
}

/** Section 2.2: version and command, family and transport, length of what follows. */
function ofOctets(octets: Buffer): ProxyHeader {
  const [command, family, length] = [octets[12]!, octets[13]!, octets.readUInt16BE(14)];
  const isLocal = command === 0x20;
  if ((!isLocal && command !== 0x21) || length > maxBinaryOctets) return none;
  const end = binaryHeadOctets + length;
  if (octets.length < end) return more;
  const address = isLocal ? null : binaryAddress(family >> 4, octets.subarray(binaryHeadOctets, end));
  return address === undefined ? none : { kind: 'whole', address, octets: end };
}

/** Undefined where the octets are too few for the family that they should be of. */
function binaryAddress(family: number, octets: Buffer): string | null | undefined {
  if (family === 1) return octets.length < 12 ? undefined : octets.subarray(0, 4).join('.');
  if (family !== 2) return null;
  if (octets.length < 36) return undefined;
  return Array.from({ length: 8 }, (_, i) => octets.readUInt16BE(i * 2).toString(16)).join(':');
}
