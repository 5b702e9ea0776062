/**
 * The first domain and its administrator, by whoever holds the link that the server printed at its start. It works
 * once, in the process that printed it, and only while nobody can sign in as administrator.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { DkimKeys } from '../authentication/dkim-keys.ts';
import { recordsOf } from '../authentication/dkim-records.ts';
import { type DomainRecord, domainRecords } from '../authentication/domain-records.ts';
import { Refused, refuse } from '../domain/refusals.ts';
import { passwordProblem } from '../sign-in/passwords.ts';
import type { Administration } from './administration.ts';

export interface SetUpWish {
  readonly domain: string;
  readonly password: string;
  /** Of the administrator, or empty. */
  readonly realName: string;
}

export interface SetUpDone {
  /** Address to sign in with. */
  readonly administrator: string;
  /** For the domain's DNS. */
  readonly records: readonly DomainRecord[];
}

export interface SetUpParts {
  readonly administration: Administration;
  readonly dkim: Pick<DkimKeys, 'make' | 'list'>;
  /** Of this server. */
  readonly hostname: string;
}

const tokenOctets = 24;

export class SetUp {
  readonly #parts: SetUpParts;
  #token: string | null = null;

  constructor(parts: SetUpParts) {
    this.#parts = parts;
  }

  /** The secret of the link; null where somebody can sign in as administrator. */
  async open(): Promise<string | null> {
    const isDone = await this.#parts.administration.administratorCanSignIn();
    this.#token = isDone ? null : randomBytes(tokenOctets).toString('base64url');
    return this.#token;
  }

  /** Throws `Refused`; then the link works still, and what was done is found when it is used again. */
  async carryOut(token: string, { domain, password, realName }: SetUpWish): Promise<SetUpDone> {
    if (!this.#isOpenTo(token)) throw new Refused(refuse('setUpEnded'));
    const problem = passwordProblem(password);
    if (problem !== null) throw new Refused(refuse(problem));
    const { administration } = this.#parts;
    await this.#addDomain(domain);
    await administration.ensureAdministrator(password, 'operator');
    this.#token = null;
    const administrator = (await administration.administratorAddress())!;
    if (realName !== '') {
      await administration.changeAccount(administrator, { kind: 'setRealName', realName }, 'operator');
    }
    return { administrator, records: await this.recordsFor(domain) };
  }

  /** Of a domain that is here; throws `Refused` otherwise. */
  async recordsFor(domain: string): Promise<DomainRecord[]> {
    const name = domain.toLowerCase();
    const sets = await this.#parts.dkim.list(name);
    const living = sets.filter(({ status }) => status === 'waiting' || status === 'signing');
    return domainRecords(
      name,
      this.#parts.hostname,
      living.flatMap((set) => recordsOf(set, name)),
    );
  }

  /** One that a request before has added is taken as it is. */
  async #addDomain(domain: string): Promise<void> {
    const { administration, dkim } = this.#parts;
    try {
      await administration.addDomain(domain, 'operator');
    } catch (error) {
      if (!(error instanceof Refused) || error.refusal.refused !== 'domainTaken') throw error;
    }
    const sets = await dkim.list(domain);
    if (sets.length > 0) return;
    await dkim.make(domain, false, 'operator', Date.now());
  }

  #isOpenTo(token: string): boolean {
    if (this.#token === null) return false;
    const [given, known] = [Buffer.from(token), Buffer.from(this.#token)];
    return given.length === known.length && timingSafeEqual(given, known);
  }
}
