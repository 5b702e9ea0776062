/**
 * The keys that domains sign their mail under: made, published by the postmaster, taken into use as soon as the DNS
 * shows their records, kept for a while behind the next ones, and destroyed.
 */
import { generateKeyPair, type KeyObject, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { DomainNames } from '../directory/directory.ts';
import type { Dispatcher } from '../dispatch.ts';
import { domain } from '../domain/domain.ts';
import { type DkimCommand, type DkimKeySet, setOf } from '../domain/domain-signing.ts';
import type { Actor } from '../domain/event.ts';
import { isRefusal, Refused, refuse } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import {
  type DkimAlgorithm,
  type DkimRecord,
  dkimAlgorithms,
  isPublished,
  recordsOf,
  selectorOf,
} from './dkim-records.ts';
import type { DnsAnswers } from './dns-answers.ts';
import { dkimKeyName, openPrivateKey, sealPrivateKey } from './sealed-private-key.ts';

/** A key to sign with. */
export interface DkimSigningKey {
  readonly keys: Uuid;
  readonly algorithm: DkimAlgorithm;
  readonly selector: string;
  /** PEM. */
  readonly privateKey: string;
}

export interface PublishedRecord extends DkimRecord {
  /** Null: the DNS did not answer. */
  readonly isPublished: boolean | null;
}

export interface DkimKeysParts {
  readonly dispatcher: Pick<Dispatcher, 'dispatch' | 'load' | 'onEvent'>;
  readonly directory: DomainNames;
  readonly keys: Pick<KeyStore, 'ensure' | 'get' | 'state' | 'destroy'>;
  readonly answers: Pick<DnsAnswers, 'ask' | 'forget'>;
  /** Keys that others replace are kept for so long: mail that they signed is still on its way. */
  readonly keepMs: number;
}

const rsaBits = 2048;
const makeKeyPair = promisify(generateKeyPair);

/** Methods throw `Refused` where the domain says no; names are those of domains or bound to one. */
export class DkimKeys {
  readonly #parts: DkimKeysParts;
  /** Opened private keys of sets in use. */
  readonly #opened = new Map<Uuid, Promise<readonly DkimSigningKey[]>>();

  /** False: no domain here signs its mail. */
  maySign = true;

  constructor(parts: DkimKeysParts) {
    this.#parts = parts;
    parts.dispatcher.onEvent('domain', ({ type }) => {
      this.maySign ||= type === 'DkimKeysSwitched';
    });
  }

  /** The first keys of a domain, or the next ones beside those in use. */
  async make(name: string, isRotation: boolean, actor: Actor, nowMs: number): Promise<DkimKeySet> {
    const id = await this.#domain(name);
    const keys = randomUUID();
    const [rsa, ed25519, rowKey] = await Promise.all([
      makeKeyPair('rsa', { modulusLength: rsaBits }),
      makeKeyPair('ed25519'),
      this.#parts.keys.ensure(dkimKeyName(keys)),
    ]);
    const selector = await this.#freeSelector(id, nowMs);
    const sealed = (key: KeyObject, algorithm: DkimAlgorithm): string =>
      sealPrivateKey(key, rowKey, selectorOf(selector, algorithm));
    await this.#perform(
      id,
      {
        ...{ kind: 'makeDkimKeys', isRotation, keys, selector },
        rsa: publicText(rsa.publicKey),
        ed25519: publicText(ed25519.publicKey),
        privateRsa: sealed(rsa.privateKey, 'rsa'),
        privateEd25519: sealed(ed25519.privateKey, 'ed25519'),
      },
      actor,
      nowMs,
    );
    return (await this.#sets(id)).find((set) => set.keys === keys)!;
  }

  /** In the order in which they were made; those that have ended too. */
  async list(name: string): Promise<readonly DkimKeySet[]> {
    return this.#sets(await this.#domain(name));
  }

  /** What the DNS shows of a set under one name of its domain. */
  async published(set: DkimKeySet, name: string): Promise<PublishedRecord[]> {
    return Promise.all(
      recordsOf(set, name).map(async (record) => {
        const texts = await this.#texts(record.name);
        return { ...record, isPublished: texts && isPublished(record, texts) };
      }),
    );
  }

  /** Somebody has changed the DNS and wants to see it. */
  forgetAnswers(): void {
    this.#parts.answers.forget();
  }

  /** Mail of the domain is signed under the waiting keys from now on. */
  async switch(
    name: string,
    because: 'published' | 'request',
    actor: Actor,
    nowMs: number,
  ): Promise<DkimKeySet> {
    const id = await this.#domain(name);
    const waiting = (await this.#sets(id)).find(({ status }) => status === 'waiting');
    if (!waiting) throw new Refused(refuse('dkimKeysNotFound'));
    const keepUntil = nowMs + this.#parts.keepMs;
    await this.#perform(id, { kind: 'switchDkimKeys', keys: waiting.keys, because, keepUntil }, actor, nowMs);
    return waiting;
  }

  /** They sign no more, and their private parts are gone. */
  async end(name: string, selector: string, actor: Actor, nowMs: number): Promise<void> {
    const id = await this.#domain(name);
    const set = (await this.#sets(id)).find((each) => each.selector === selector && each.status !== 'ended');
    if (!set) throw new Refused(refuse('dkimKeysNotFound'));
    await this.#end(id, set.keys, actor, nowMs);
  }

  /** See `#tend`, of all domains by their own names. */
  async tend(names: readonly string[], nowMs: number): Promise<void> {
    for (const name of names) await this.#tend(name, nowMs);
    const sets = await Promise.all(names.map((name) => this.list(name)));
    this.maySign = sets.flat().some(({ status }) => status === 'signing');
  }

  /** Switches to waiting keys that are published, and ends old ones whose time is over. */
  async #tend(name: string, nowMs: number): Promise<void> {
    const id = await this.#domain(name);
    for (const set of await this.#sets(id)) {
      if (set.status === 'waiting' && (await this.#isWholePublished(set, name)))
        await this.switch(name, 'published', 'system', nowMs);
      if (set.status === 'retired' && set.keepUntil <= nowMs) await this.#end(id, set.keys, 'system', nowMs);
      // A crash may have come between the event and the key.
      if (set.status === 'ended') await this.#destroy(set.keys, nowMs);
    }
  }

  /** None where the name is not of a domain here, or the domain does not sign. */
  async signingKeys(name: string): Promise<readonly DkimSigningKey[]> {
    const id = await this.#parts.directory.domainOf(name);
    if (id === null) return [];
    const set = setOf((await this.#parts.dispatcher.load(domain, id)).state.dkim, 'signing');
    if (!set) return [];
    const opened = this.#opened.get(set.keys) ?? this.#open(set);
    this.#opened.set(set.keys, opened);
    opened.catch(() => this.#opened.delete(set.keys));
    return opened;
  }

  async #open({
    keys,
    selector,
    privateRsa,
    privateEd25519,
  }: DkimKeySet): Promise<readonly DkimSigningKey[]> {
    const rowKey = await this.#parts.keys.get(dkimKeyName(keys));
    if (rowKey === null || selector === null) return [];
    const sealed = { rsa: privateRsa, ed25519: privateEd25519 };
    return dkimAlgorithms.flatMap((algorithm) => {
      const text = sealed[algorithm];
      const name = selectorOf(selector, algorithm);
      return text === null
        ? []
        : [{ keys, algorithm, selector: name, privateKey: pemOf(openPrivateKey(text, rowKey, name)) }];
    });
  }

  async #isWholePublished(set: DkimKeySet, name: string): Promise<boolean> {
    const records = await this.published(set, name);
    return records.length > 0 && records.every((record) => record.isPublished === true);
  }

  /** Null where the DNS does not answer; none where there is no such record. */
  async #texts(name: string): Promise<string[] | null> {
    try {
      return ((await this.#parts.answers.ask(name, 'TXT')) as string[][]).map((strings) => strings.join(''));
    } catch (error) {
      return ['ENOTFOUND', 'ENODATA'].includes((error as NodeJS.ErrnoException).code ?? '') ? [] : null;
    }
  }

  async #end(id: Uuid, keys: Uuid, actor: Actor, nowMs: number): Promise<void> {
    await this.#perform(id, { kind: 'endDkimKeys', keys }, actor, nowMs);
    await this.#destroy(keys, nowMs);
  }

  async #destroy(keys: Uuid, nowMs: number): Promise<void> {
    this.#opened.delete(keys);
    const name = dkimKeyName(keys);
    if ((await this.#parts.keys.state(name)) === 'live') await this.#parts.keys.destroy(name, nowMs);
  }

  /** Named after the day, so that people see which one is old. */
  async #freeSelector(id: Uuid, nowMs: number): Promise<string> {
    const day = `m${new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '')}`;
    const taken = new Set((await this.#sets(id)).map(({ selector }) => selector));
    for (let n = 1; ; n++) {
      const selector = n === 1 ? day : `${day}-${n}`;
      if (!taken.has(selector)) return selector;
    }
  }

  async #domain(name: string): Promise<Uuid> {
    const id = await this.#parts.directory.domainOf(name);
    if (id === null) throw new Refused(refuse('domainNotFound', name));
    return id;
  }

  async #sets(id: Uuid): Promise<DkimKeySet[]> {
    return [...(await this.#parts.dispatcher.load(domain, id)).state.dkim.values()];
  }

  async #perform(id: Uuid, command: DkimCommand, actor: Actor, now: number): Promise<void> {
    const outcome = await this.#parts.dispatcher.dispatch(domain, id, command, { actor, cause: null, now });
    if (isRefusal(outcome)) throw new Refused(outcome);
  }
}

function publicText(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
