/** Who may speak plain HTTP: this machine and reverse proxies, which speak TLS to the outside. Pure. */
import { BlockList, isIP, isIPv6 } from 'node:net';
import { plainAddress } from '../networks.ts';

/** Addresses and networks (`192.0.2.1`, `10.0.0.0/8`), loopback always among them. */
export class TrustedPeers {
  readonly #list = new BlockList();

  constructor(networks: readonly string[] = []) {
    for (const network of ['127.0.0.0/8', '::1', ...networks]) this.#add(network);
  }

  holds(address: string | undefined): boolean {
    const plain = plainAddress(address ?? '');
    return isIP(plain) !== 0 && this.#list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  }

  /** Throws where it is neither an address nor a network. */
  #add(network: string): void {
    const [address = '', prefix] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) this.#list.addAddress(address, family);
    else this.#list.addSubnet(address, Number(prefix), family);
  }
}

const hostForm = /^(?:[a-z0-9](?:[a-z0-9.-]{0,253}[a-z0-9])?|\[[0-9a-f:.]+\])$/i;

/**
 * Where a plain request is sent: the name that the browser asked for, since it led here, or our own where it is
 * not a name.
 */
export function httpsLocation(
  host: string | undefined,
  ownName: string,
  httpsPort: number,
  url: string,
): string {
  const asked = (host ?? '').replace(/:\d+$/, '');
  const name = hostForm.test(asked) ? asked : ownName;
  return `https://${name}${httpsPort === 443 ? '' : `:${httpsPort}`}${url}`;
}
