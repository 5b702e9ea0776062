/** Where one sees who read one’s mail: `#accesses`, or of one mail `#accesses/<id>`. Pure. */

export interface ReadersPlace {
  /** Null: of all of one’s mail. */
  readonly message: string | null;
}

/** Null: the address is another place. */
export function parseReadersPlace(hash: string): ReadersPlace | null {
  const found = /^#accesses(?:\/([0-9a-f-]{36}))?$/.exec(hash);
  return found && { message: found[1] ?? null };
}

export function readersPlaceText(message: string | null): string {
  return message === null ? '#accesses' : `#accesses/${message}`;
}
