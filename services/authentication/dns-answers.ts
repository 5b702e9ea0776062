/**
 * What the DNS says about where mail comes from. An answer is kept for a minute, so that a flood of mail of one domain
 * asks once; who asks for one mail has a number of questions and a time, behind which the DNS has not answered.
 */
import { Resolver } from 'node:dns/promises';

export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'MX' | 'NS' | 'PTR' | 'SOA' | 'TXT';

/** As `dns.resolve` answers that type. Rejects with the codes of `node:dns`. */
export type AskDns = (name: string, type: RecordType) => Promise<unknown>;

export interface QuestionLimits {
  readonly maxQuestions: number;
  /** Time at which nobody waits any more. */
  readonly untilMs: number;
}

const keepMs = 60_000;
const maxKept = 10_000;
const resolverSettings = { timeout: 3000, tries: 2 };
/** That there is no such record is an answer too. */
const answersNo = new Set(['ENOTFOUND', 'ENODATA']);

export class DnsAnswers {
  readonly #resolver = new Resolver(resolverSettings);
  readonly #kept = new Map<string, { readonly untilMs: number; readonly answer: Promise<unknown> }>();

  /** `servers` empty: the system's. */
  constructor(servers: readonly string[]) {
    if (servers.length > 0) this.#resolver.setServers(servers);
  }

  /** The record of that name and type, from memory where it was asked for lately. */
  readonly ask: AskDns = (name, type) => {
    const key = `${type} ${name.toLowerCase()}`;
    const kept = this.#kept.get(key);
    if (kept && kept.untilMs > Date.now()) return kept.answer;
    const answer = this.#resolver.resolve(name, type);
    this.#kept.delete(key);
    this.#kept.set(key, { untilMs: Date.now() + keepMs, answer });
    if (this.#kept.size > maxKept) this.#kept.delete(this.#kept.keys().next().value!);
    // What nobody answered may be answered the next time.
    answer.catch(({ code }: NodeJS.ErrnoException) => {
      if (!answersNo.has(code ?? '') && this.#kept.get(key)?.answer === answer) this.#kept.delete(key);
    });
    return answer;
  };

  /** Somebody has changed a record and wants to see it. */
  forget(): void {
    this.#kept.clear();
  }

  /** The same within limits, for one mail: beyond them it rejects as an unanswered question does. */
  within({ maxQuestions, untilMs }: QuestionLimits): AskDns {
    let left = maxQuestions;
    return async (name, type) => {
      const leftMs = untilMs - Date.now();
      if (left-- <= 0 || leftMs <= 0) throw unanswered();
      return withinTime(this.ask(name, type), leftMs);
    };
  }
}

function withinTime(answer: Promise<unknown>, leftMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(unanswered()), leftMs);
    answer.then(resolve, reject).finally(() => clearTimeout(late));
  });
}

function unanswered(): Error {
  return Object.assign(new Error('no answer from the DNS'), { code: 'ETIMEOUT' });
}
