/** Characters that facts may have: counted down, remembering whether they sufficed. */
export class FactBudget {
  complete = true;
  #left: number;

  constructor(characters: number) {
    this.#left = characters;
  }

  /** As many items from the start as there are characters for. */
  take<T>(items: readonly T[], charactersOf: (item: T) => number): T[] {
    const taken: T[] = [];
    for (const item of items) {
      const characters = charactersOf(item);
      if (characters > this.#left) {
        this.complete = false;
        break;
      }
      this.#left -= characters;
      taken.push(item);
    }
    return taken;
  }

  /** At most `most` characters of a text; a surrogate pair is not cut. */
  cut(text: string, most: number): string {
    let end = Math.min(text.length, most, this.#left);
    if (end < text.length) {
      this.complete = false;
      if (/[\ud800-\udbff]/.test(text.charAt(end - 1))) end--;
    }
    this.#left -= end;
    return text.slice(0, end);
  }
}
