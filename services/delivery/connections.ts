/** Connections to next hops, used again while they are warm. How many there are is the queue's business. */
import { isLoopback } from '../networks.ts';
import type { DeliverySettings } from './delivery-settings.ts';
import type { NextHop } from './routes.ts';
import { type ConnectOptions, SmtpClient } from './smtp-client.ts';
import { ConnectFailure } from './smtp-failures.ts';

export type ConnectionSettings = Pick<
  DeliverySettings,
  'hostname' | 'relay' | 'connectTimeoutMs' | 'idleTimeoutMs' | 'keepOpenMs' | 'retryMs'
>;

interface Idle {
  readonly client: SmtpClient;
  readonly timer: NodeJS.Timeout;
}

/** Many peers end a session that brings more. */
const maxMailsPerConnection = 100;
/** Mails for a host that just did not answer do not each wait for it again. */
const maxKnownDownMs = 30_000;

export class Connections {
  readonly #settings: ConnectionSettings;
  readonly #idle = new Map<string, Idle[]>();
  readonly #mails = new WeakMap<SmtpClient, number>();
  readonly #busy = new Set<SmtpClient>();
  readonly #stopping = new AbortController();
  readonly #down = new Map<string, { readonly untilMs: number; readonly failure: ConnectFailure }>();

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
  }

  /** A warm connection to the destination, or a new one to the first of its hosts that answers. Rejects with `ConnectFailure`. */
  async take(destination: string, hops: readonly NextHop[]): Promise<SmtpClient> {
    const client = this.#warm(destination) ?? (await this.#open(destination, hops));
    this.#busy.add(client);
    this.#mails.set(client, (this.#mails.get(client) ?? 0) + 1);
    return client;
  }

  giveBack(destination: string, client: SmtpClient): void {
    this.#busy.delete(client);
    if (!client.isOpen) return;
    if ((this.#mails.get(client) ?? 0) >= maxMailsPerConnection) return client.quit();
    const idle = this.#idle.get(destination) ?? [];
    const timer = setTimeout(() => this.#retire(destination, client), this.#settings.keepOpenMs);
    this.#idle.set(destination, [...idle, { client, timer }]);
  }

  /** Somebody wants another try: what did not answer may answer now. */
  forgetFailures(): void {
    this.#down.clear();
  }

  /** Ends what is idle in good form, and what is busy or being opened at once. */
  close(): void {
    this.#stopping.abort();
    for (const { client, timer } of [...this.#idle.values()].flat()) {
      clearTimeout(timer);
      client.quit();
    }
    this.#idle.clear();
    for (const client of this.#busy) client.close();
  }

  #warm(destination: string): SmtpClient | null {
    const idle = this.#idle.get(destination) ?? [];
    for (let last = idle.pop(); last; last = idle.pop()) {
      clearTimeout(last.timer);
      if (idle.length === 0) this.#idle.delete(destination);
      if (last.client.isOpen) return last.client;
    }
    return null;
  }

  #retire(destination: string, client: SmtpClient): void {
    const rest = (this.#idle.get(destination) ?? []).filter((each) => each.client !== client);
    if (rest.length > 0) this.#idle.set(destination, rest);
    else this.#idle.delete(destination);
    client.quit();
  }

  async #open(destination: string, hops: readonly NextHop[]): Promise<SmtpClient> {
    const down = this.#down.get(destination);
    if (down && down.untilMs > Date.now()) throw down.failure;
    this.#down.delete(destination);
    let failure: ConnectFailure | null = null;
    for (const hop of hops) {
      try {
        return await this.#openHop(hop);
      } catch (error) {
        if (!(error instanceof ConnectFailure)) throw error;
        failure = error;
      }
    }
    // Shorter than the shortest pause, so that each attempt of a mail looks for itself.
    const untilMs = Date.now() + Math.min(maxKnownDownMs, this.#settings.retryMs / 2);
    this.#down.set(destination, { untilMs, failure: failure! });
    throw failure!;
  }

  /** A handshake that fails is worth less than a mail that arrives: without TLS then, where nothing secret is said (RFC 7435). */
  async #openHop(hop: NextHop): Promise<SmtpClient> {
    const options = this.#optionsFor(hop);
    try {
      return await SmtpClient.open(hop, options);
    } catch (error) {
      const mayGoOn = error instanceof ConnectFailure && error.kind === 'tls' && options.tls === 'offered';
      if (!mayGoOn) throw error;
      return SmtpClient.open(hop, { ...options, tls: 'never' });
    }
  }

  #optionsFor(hop: NextHop): ConnectOptions {
    const { hostname, relay, connectTimeoutMs, idleTimeoutMs } = this.#settings;
    const login = relay?.login ?? null;
    // A password goes out under TLS to the host that its certificate names, and nowhere else but to this machine.
    const isSecret = login !== null && !isLoopback(hop.address);
    const tls = relay?.implicitTls ? 'implicit' : isSecret ? 'demanded' : 'offered';
    const stopping = this.#stopping.signal;
    return { hostname, tls, mustBeValid: isSecret, login, connectTimeoutMs, idleTimeoutMs, stopping };
  }
}
