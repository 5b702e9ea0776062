/** Gathers a text up to a number of characters. */
export class TextBuilder {
  readonly #maxCharacters: number;
  readonly #pieces: string[] = [];
  #characters = 0;
  #isCut = false;
  #atLineStart = true;

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  add(piece: string): void {
    if (piece === '') return;
    const room = this.#maxCharacters - this.#characters;
    if (piece.length > room) this.#isCut = true;
    const kept = piece.slice(0, room);
    this.#pieces.push(kept);
    this.#characters += kept.length;
    this.#atLineStart = kept.endsWith('\n');
  }

  /** Begins a new line, unless one has begun. */
  endLine(): void {
    if (!this.#atLineStart) this.add('\n');
  }

  get isFull(): boolean {
    return this.#isCut;
  }

  get text(): string {
    return this.#pieces.join('').toWellFormed();
  }
}
