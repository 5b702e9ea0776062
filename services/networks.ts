/** IP addresses as limits and counts see them. Pure. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** IPv4 in its own words where it comes as `::ffff:192.0.2.1`; anything that is no address as it is. */
export function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped ? mapped[1]! : address;
}

/** This machine itself: nobody can listen in between. */
export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}

/**
 * What one customer of a provider has: an IPv4 address, or an IPv6 /64. Limits count by it, since who has one
 * IPv6 address has 2^64 of them.
 */
export function subscriberOf(address: string): string {
  return prefixOf(address, 4, 4);
}

/** The network that counts are kept for: IPv4 /24, IPv6 /48. */
export function networkOf(address: string): string {
  return prefixOf(address, 3, 3);
}

function prefixOf(address: string, octets: number, groups: number): string {
  const plain = plainAddress(address);
  if (isIPv4(plain)) {
    if (octets === 4) return plain;
    return `${plain.split('.').slice(0, octets).join('.')}.0/${octets * 8}`;
  }
  if (!isIPv6(plain)) return 'unknown';
  return `${ipv6Groups(plain).slice(0, groups).join(':')}::/${groups * 16}`;
}

/** The eight groups of an IPv6 address, without leading zeros; a zone index is dropped. */
function ipv6Groups(address: string): string[] {
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const given = [...front, ...back].reduce((count, group) => count + (group.includes('.') ? 2 : 1), 0);
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - given }, () => '0');
  return [...front, ...zeros, ...back].map((group) => group.replace(/^0+(?=.)/, '').toLowerCase());
}

const inside = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  inside.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  inside.addSubnet(network, prefix, 'ipv6');

/** Of this machine or of a network that the internet does not reach (RFC 6890); also in its IPv6 form. */
export function isInside(address: string): boolean {
  const plain = plainAddress(address);
  return inside.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}
