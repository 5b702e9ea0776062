/** Who may speak plain HTTP: this machine and reverse proxies, which speak TLS to the outside. Pure. */
import { BlockList, isIP, isIPv6 } from 'node:net';

/** Addresses and networks (`192.0.2.1`, `10.0.0.0/8`), loopback always among them. */
export class TrustedPeers {
  readonly #list = new BlockList();

  constructor(networks: readonly string[] = []) {
    for (const network of ['127.0.0.0/8', '::1', ...networks]) this.#add(network);
  }

  /** An IPv4 address counts as itself also in its IPv6 form, `::ffff:192.0.2.1`. */
  holds(address: string | undefined): boolean {
    if (address === undefined || isIP(address) === 0) return false;
    return this.#list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  /** Throws where it is neither an address nor a network. */
  #add(network: string): void {
    const [address = '', prefix] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) this.#list.addAddress(address, family);
    else this.#list.addSubnet(address, Number(prefix), family);
  }
}

/** What is known of a connection itself, whatever its request says. */
export interface Connection {
  readonly encrypted?: boolean;
  readonly remoteAddress?: string | undefined;
}

/** Whether a request on this connection is answered here; others are sent to HTTPS. */
export function isServedHere({ encrypted, remoteAddress }: Connection, inside: TrustedPeers): boolean {
  return encrypted === true || inside.holds(remoteAddress);
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
