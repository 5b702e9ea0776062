/** The certificate of all doors, which may be read anew while they are open: one from a public authority ends every few weeks. */
import type { Config } from '../config.ts';
import { loadCertificate, type ServerCertificate } from './certificate.ts';

export class RenewableCertificate {
  readonly #config: Config;
  readonly #users: ((certificate: ServerCertificate) => void)[] = [];
  #current: ServerCertificate;

  private constructor(config: Config, current: ServerCertificate) {
    this.#config = config;
    this.#current = current;
  }

  /** Rejects with `ConfigError` where it cannot be read. */
  static async load(config: Config): Promise<RenewableCertificate> {
    return new RenewableCertificate(config, await loadCertificate(config));
  }

  get current(): ServerCertificate {
    return this.#current;
  }

  /** Tells of each that takes the place of the present one. Who asks for `current` at each handshake needs none of it. */
  onRenewed(take: (certificate: ServerCertificate) => void): void {
    this.#users.push(take);
  }

  /** Reads the files again; connections that are open keep what they have. Rejects where they are no good: the old one stays. */
  async renew(): Promise<ServerCertificate> {
    this.#current = await loadCertificate(this.#config);
    for (const take of this.#users) take(this.#current);
    return this.#current;
  }
}
