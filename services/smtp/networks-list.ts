/** Networks as an administrator writes them: `192.0.2.0/24`, `2001:db8::/32`, single addresses. */
import { BlockList, isIP, isIPv6 } from 'node:net';

export class NetworksList {
  readonly #list = new BlockList();

  /** Throws a `RangeError` that names the entry which is no network. */
  constructor(networks: readonly string[]) {
    for (const network of networks) this.#add(network);
  }

  includes(address: string): boolean {
    if (isIP(address) === 0) return false;
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

/** Loopback peers are on this machine: nobody can listen in between. */
export const loopback: NetworksList = new NetworksList(['127.0.0.0/8', '::1']);
