/** From a recipient's domain to addresses to connect to. */
import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { BounceClass } from '../domain/delivery-events.ts';
import { isInside } from '../networks.ts';
import type { DeliverySettings } from './delivery-settings.ts';
import { type Exchanger, orderExchangers } from './exchangers.ts';
import type { Relay } from './relay.ts';

export interface NextHop {
  /** Name for STARTTLS and for people; the address itself where it has none. */
  readonly name: string;
  /** IP address. */
  readonly address: string;
  readonly port: number;
}

export type Route =
  | { readonly kind: 'hosts'; readonly hops: readonly NextHop[] }
  | {
      readonly kind: 'none';
      readonly isPermanent: boolean;
      readonly class: BounceClass;
      /** With an enhanced status (RFC 3463) in front. */
      readonly text: string;
    };

export type RouteSettings = Pick<DeliverySettings, 'hostname' | 'relay' | 'dnsServers' | 'port'>;

/** One domain after another is asked for again after so long; a domain's records live longer than this. */
const keepMs = 60_000;
const maxKept = 10_000;
/** Addresses that are tried before the attempt counts as failed. */
const maxHops = 10;

export class Routes {
  readonly #settings: RouteSettings;
  readonly #resolver: Resolver;
  readonly #kept = new Map<string, { readonly untilMs: number; readonly route: Promise<Route> }>();

  constructor(settings: RouteSettings) {
    this.#settings = settings;
    this.#resolver = new Resolver({ timeout: 5000, tries: 2 });
    if (settings.dnsServers.length > 0) this.#resolver.setServers(settings.dnsServers);
  }

  /** Never rejects. `domain` null: to the smart host. */
  of(domain: string | null): Promise<Route> {
    const key = domain ?? '';
    const kept = this.#kept.get(key);
    if (kept && kept.untilMs > Date.now()) return kept.route;
    const route = this.#answer(domain);
    this.#kept.delete(key);
    this.#kept.set(key, { untilMs: Date.now() + keepMs, route });
    if (this.#kept.size > maxKept) this.#kept.delete(this.#kept.keys().next().value!);
    // What could not be found may be there the next time.
    void route.then(({ kind }) => kind === 'none' && this.#kept.delete(key));
    return route;
  }

  /** Somebody wants another try: what was found may have changed. */
  forget(): void {
    this.#kept.clear();
  }

  async #answer(domain: string | null): Promise<Route> {
    if (domain !== null) return this.#find(domain).catch((error) => noAnswer(domain, error));
    const { host } = this.#settings.relay!;
    const unknown: Route = {
      kind: 'none',
      // That the setting is wrong is no reason to return everybody's mail.
      isPermanent: false,
      class: 'dnsFailure',
      text: `4.4.3 the smart host ${host} cannot be found`,
    };
    return this.#toRelay(this.#settings.relay!).catch(() => unknown);
  }

  #find(domain: string): Promise<Route> {
    return domain.startsWith('[') ? Promise.resolve(this.#toLiteral(domain)) : this.#toDomain(domain);
  }

  async #toRelay({ host, port }: Relay): Promise<Route> {
    if (isIP(host) !== 0) return { kind: 'hosts', hops: [{ name: host, address: host, port }] };
    // Without resolvers of its own, a name of this machine or of a container network counts too.
    const addresses =
      this.#settings.dnsServers.length > 0
        ? await this.#addresses(host)
        : (await lookup(host, { all: true })).map(({ address }) => address);
    if (addresses.length === 0) throw new Error(`${host} has no address`);
    return { kind: 'hosts', hops: addresses.map((address) => ({ name: host, address, port })) };
  }

  /** `[192.0.2.1]`, `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3). */
  #toLiteral(domain: string): Route {
    const address = domain.slice(1, -1).replace(/^ipv6:/i, '');
    if (isIP(address) === 0)
      return { kind: 'none', isPermanent: true, class: 'badSyntax', text: `5.1.3 ${domain} is no address` };
    // Whoever sends mail would choose to which machine inside this server connects.
    if (isInside(address)) {
      const text = `5.1.2 ${domain} is no address that mail is sent to from here`;
      return { kind: 'none', isPermanent: true, class: 'badSyntax', text };
    }
    return { kind: 'hosts', hops: [{ name: address, address, port: this.#settings.port }] };
  }

  async #toDomain(domain: string): Promise<Route> {
    const records = await this.#exchangers(domain);
    const order = orderExchangers(domain, records, this.#settings.hostname, Math.random);
    if (order.kind === 'null') {
      return {
        kind: 'none',
        isPermanent: true,
        class: 'dnsFailure',
        text: `5.1.10 ${domain} takes no mail (null MX)`,
      };
    }
    if (order.kind === 'loop') {
      const text = `5.4.6 the best mail exchanger of ${domain} is this server, where the domain is unknown`;
      return { kind: 'none', isPermanent: true, class: 'dnsFailure', text };
    }
    return this.#toHosts(domain, order.names);
  }

  async #toHosts(domain: string, names: readonly string[]): Promise<Route> {
    const hops: NextHop[] = [];
    let unanswered: unknown = null;
    for (const name of names) {
      const addresses = await this.#addresses(name).catch((error: unknown) => {
        unanswered = error;
        return [];
      });
      hops.push(...addresses.map((address) => ({ name, address, port: this.#settings.port })));
      if (hops.length >= maxHops) break;
    }
    if (hops.length > 0) return { kind: 'hosts', hops: hops.slice(0, maxHops) };
    return unanswered === null ? noAddresses(domain) : noAnswer(domain, unanswered);
  }

  /** None: there is no MX, and the domain itself is asked (implicit MX). */
  #exchangers(domain: string): Promise<Exchanger[]> {
    return this.#resolver.resolveMx(domain).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENODATA') return [];
      throw error;
    });
  }

  /** IPv6 first, as hosts themselves prefer it; none where the name has neither. */
  async #addresses(name: string): Promise<string[]> {
    if (isIP(name) !== 0) return [name];
    const none = (error: NodeJS.ErrnoException): string[] => {
      if (error.code === 'ENODATA' || error.code === 'ENOTFOUND') return [];
      throw error;
    };
    const [six, four] = await Promise.allSettled([
      this.#resolver.resolve6(name).catch(none),
      this.#resolver.resolve4(name).catch(none),
    ]);
    const found = [six, four].flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    const failed = [six, four].find((each) => each.status === 'rejected');
    if (found.length === 0 && failed) throw failed.reason;
    return found;
  }
}

function noAddresses(name: string): Route {
  return {
    kind: 'none',
    isPermanent: true,
    class: 'dnsFailure',
    text: `5.1.2 no mail exchanger of ${name} has an address`,
  };
}

/** A name that is not there is final (RFC 5321 §5.1); a resolver that does not answer is not. */
function noAnswer(name: string, error: unknown): Route {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND') {
    return { kind: 'none', isPermanent: true, class: 'dnsFailure', text: `5.1.2 there is no domain ${name}` };
  }
  const text = `4.4.3 no answer from the DNS about ${name} (${code ?? 'unknown'})`;
  return { kind: 'none', isPermanent: false, class: 'dnsFailure', text };
}
