/** Networks as an administrator writes them: `192.0.2.0/24`, `2001:db8::/32`, single addresses. Pure. */
import { BlockList, isIP, isIPv6 } from 'node:net';

export class NetworksList {
  readonly #list = new BlockList();

  /** Throws a `RangeError` that names the entry which is no network. */
  constructor(networks: readonly string[]) {
    for (const network of networks) this.#add(network);
  }

  /** An IPv4 address counts as itself also in its IPv6 form, `::ffff:192.0.2.1`. */
  includes(address: string | undefined): boolean {
    if (address === undefined || isIP(address) === 0) return false;
    return this.#list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  #add(network: string): void {
    const [address = '', prefix, ...more] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    const maxPrefix = family === 'ipv6' ? 128 : 32;
    const bits = prefix === undefined ? maxPrefix : Number(/^\d{1,3}$/.test(prefix) ? prefix : Number.NaN);
    if (isIP(address) === 0 || more.length > 0 || !(bits <= maxPrefix)) {
      throw new RangeError(`${network} is not a network: write 192.0.2.0/24 or 2001:db8::/32`);
    }
    this.#list.addSubnet(address, bits, family);
  }
}

/** This machine, as a list of networks. */
export const loopbackNetworks = ['127.0.0.0/8', '::1'] as const;
