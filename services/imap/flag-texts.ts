import { flagNames } from '../domain/flags.ts';
import type { OctetString } from './protocol/octet-string.ts';

/** Combinations that are kept: more than any mailbox has, few enough to forget all at once. */
const maxTexts = 10_000;

/** Texts of flag values, as FETCH lists them: `\Seen $Junk`. A mailbox has few combinations and many rows. */
export class FlagTexts {
  readonly #keywords: readonly string[];
  readonly #texts = new Map<number, OctetString>();

  /** `keywords` is the account's list; it grows in place. */
  constructor(keywords: readonly string[]) {
    this.#keywords = keywords;
  }

  /** Without parentheses. */
  of(flags: number): OctetString {
    const known = this.#texts.get(flags);
    if (known !== undefined) return known;
    if (this.#texts.size >= maxTexts) this.#texts.clear();
    const text = flagNames(flags, this.#keywords).join(' ');
    this.#texts.set(flags, text);
    return text;
  }
}
