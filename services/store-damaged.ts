/** A store's file is damaged so that opening it would lose or hide something. Nothing was changed. */
export class StoreDamaged extends Error {
  override readonly name = 'StoreDamaged';
  readonly file: string;
  /** First damaged octet of the file; null where it is not known. */
  readonly offset: number | null;
  /** `remedy` is what the administrator does; a copy of the folder comes before it in any case. */
  constructor(file: string, offset: number | null, problem: string, remedy: string) {
    const where = offset === null ? file : `${file} at octet ${offset}`;
    super(
      `${where}: ${problem}. Nothing was changed. Keep a copy of the whole data folder now; then ${remedy}.`,
    );
    this.file = file;
    this.offset = offset;
  }
}

/** An error that crossed a thread keeps its name, but not its class. */
export function isStoreDamaged(error: unknown): error is Error {
  return error instanceof Error && error.name === 'StoreDamaged';
}
