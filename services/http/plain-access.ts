/** Who may speak plain HTTP: this machine and reverse proxies, which speak TLS to the outside. Pure. */
import { loopbackNetworks, NetworksList } from '../networks-list.ts';

/** Addresses and networks, this machine always among them. */
export function withThisMachine(networks: readonly string[]): NetworksList {
  return new NetworksList([...loopbackNetworks, ...networks]);
}

/** What is known of a connection itself, whatever its request says. */
export interface Connection {
  readonly encrypted?: boolean;
  readonly remoteAddress?: string | undefined;
}

/** Whether a request on this connection is answered here; others are sent to HTTPS. */
export function isServedHere({ encrypted, remoteAddress }: Connection, inside: NetworksList): boolean {
  return encrypted === true || inside.includes(remoteAddress);
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
