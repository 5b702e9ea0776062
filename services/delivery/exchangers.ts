/** Which hosts take a domain's mail, and in which order they are asked (RFC 5321 §5.1, RFC 7505). Pure. */

export interface Exchanger {
  readonly exchange: string;
  readonly priority: number;
}

export type ExchangerOrder =
  /** Names, best first. */
  | { readonly kind: 'hosts'; readonly names: readonly string[] }
  /** The domain says that it takes no mail (RFC 7505). */
  | { readonly kind: 'null' }
  /** This server is the best exchanger: sending on would go round for ever. */
  | { readonly kind: 'loop' };

/** `records` empty: the domain is its own exchanger. `random` is from [0, 1). */
export function orderExchangers(
  domain: string,
  records: readonly Exchanger[],
  ownHostname: string,
  random: () => number,
): ExchangerOrder {
  if (records.length === 0) return { kind: 'hosts', names: [domain] };
  const named = records.map(({ exchange, priority }) => ({ name: plainName(exchange), priority }));
  if (named.every(({ name }) => name === '')) return { kind: 'null' };
  const own = named.find(({ name }) => name === ownHostname.toLowerCase());
  // Those that are no better than this server would send the mail back here.
  const better = named.filter(({ name, priority }) => name !== '' && (!own || priority < own.priority));
  if (better.length === 0) return { kind: 'loop' };
  const shuffled = better.map((each) => ({ ...each, turn: random() }));
  shuffled.sort((a, b) => a.priority - b.priority || a.turn - b.turn);
  return { kind: 'hosts', names: [...new Set(shuffled.map(({ name }) => name))] };
}

function plainName(exchange: string): string {
  return exchange.replace(/\.$/, '').toLowerCase();
}
