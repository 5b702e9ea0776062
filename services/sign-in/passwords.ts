/**
 * Passwords: argon2id verifiers (RFC 9106) as PHC strings, and a bound on how many are computed at once, since
 * each costs 27 ms of a core and 19 MiB.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

export interface Argon2Cost {
  readonly memoryKib: number;
  readonly passes: number;
}

/** OWASP's smallest recommended setting with one lane. */
export const argon2Cost: Argon2Cost = { memoryKib: 19 * 1024, passes: 2 };
const lanes = 1;
const saltOctets = 16;
const tagOctets = 32;

/** Characters, as a person counts them. */
export const minPasswordCharacters = 8;
/** Octets of UTF-8: more is no password, but work for us. */
export const maxPasswordOctets = 1024;

/** Why it cannot become a password; null when it can. */
export function passwordProblem(password: string): 'passwordTooWeak' | null {
  const prepared = preparePassword(password);
  return prepared === null || [...prepared].length < minPasswordCharacters ? 'passwordTooWeak' : null;
}

/**
 * OpaqueString of RFC 8265 §4.2: spaces of other scripts become the ASCII space, NFC. Null where it can be
 * nobody's password: empty, too long, or with control characters.
 */
export function preparePassword(password: string): string | null {
  if (password.length > maxPasswordOctets) return null;
  const prepared = password.replace(/\p{Zs}/gu, ' ').normalize('NFC');
  if (prepared === '' || /[\p{Cc}\p{Cs}]/u.test(prepared)) return null;
  return Buffer.byteLength(prepared) > maxPasswordOctets ? null : prepared;
}

const argon2id = promisify(argon2);

/** A fresh verifier: `$argon2id$v=19$m=…,t=…,p=1$<salt>$<hash>`. The password is already prepared. */
export async function makeVerifier(prepared: string, cost: Argon2Cost = argon2Cost): Promise<string> {
  const salt = randomBytes(saltOctets);
  const tag = await derive(prepared, salt, cost, tagOctets);
  return `$argon2id$v=19$m=${cost.memoryKib},t=${cost.passes},p=${lanes}$${base64(salt)}$${base64(tag)}`;
}

/** False also for a verifier that is not one. */
export async function verifyPassword(verifier: string, prepared: string): Promise<boolean> {
  const parsed = parseVerifier(verifier);
  if (!parsed) return false;
  const tag = await derive(prepared, parsed.salt, parsed.cost, parsed.tag.length);
  return timingSafeEqual(tag, parsed.tag);
}

function derive(prepared: string, salt: Uint8Array, cost: Argon2Cost, octets: number): Promise<Buffer> {
  return argon2id('argon2id', {
    message: prepared,
    nonce: salt,
    parallelism: lanes,
    tagLength: octets,
    memory: cost.memoryKib,
    passes: cost.passes,
  });
}

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=1\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

function parseVerifier(verifier: string): { cost: Argon2Cost; salt: Buffer; tag: Buffer } | null {
  const parts = phc.exec(verifier);
  if (!parts) return null;
  const [, memoryKib, passes, salt, tag] = parts as unknown as [string, string, string, string, string];
  return {
    cost: { memoryKib: Number(memoryKib), passes: Number(passes) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

/** PHC strings leave the padding out. */
function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64').replace(/=+$/, '');
}

/** Runs so many tasks at once and lets so many wait; beyond that it says so at once. */
export class BoundedWork {
  readonly #maxRunning: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(maxRunning: number, maxWaiting: number) {
    this.#maxRunning = maxRunning;
    this.#maxWaiting = maxWaiting;
  }

  /** Is there no place left, not even to wait? */
  get full(): boolean {
    return this.#running >= this.#maxRunning && this.#waiting.length >= this.#maxWaiting;
  }

  /** Null where it is full; otherwise what the task gives. */
  async run<T>(task: () => Promise<T>): Promise<T | null> {
    if (this.full) return null;
    if (this.#running >= this.#maxRunning) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#running++;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
