/** The words of rules by their keys. Pure. */
import type { rulesEn } from './en.ts';

export type RuleMessages = typeof rulesEn;

/** The key where there is none. */
export function wordAt(words: RuleMessages, key: string): string {
  return key in words ? String(words[key as keyof RuleMessages]) : key;
}

/** What a value of a member is called; abbreviations that are the same in every language have no word. */
export function optionWord(words: RuleMessages, of: string, value: string): string {
  const key = [`option.${of}.${value}`, `option.${value}`].find((each) => each in words);
  return key === undefined ? value.toUpperCase() : wordAt(words, key);
}
