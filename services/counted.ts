/** Numbers in sentences. */

/** `1 account`, `2 accounts`; `plural` where it is not the word with an s. */
export function counted(count: number, word: string, plural = `${word}s`): string {
  return `${count} ${count === 1 ? word : plural}`;
}

/** The verb behind a count. */
export function isOrAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}
