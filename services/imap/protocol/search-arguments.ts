import { type Cursor, parenthesised } from './cursor.ts';
import { searchDecoder } from './search-charset.ts';
import { type SearchKey, searchKeys } from './search-keys.ts';
import { astring } from './strings.ts';
import { SyntaxFailure } from './syntax-failure.ts';

/** RFC 9051 §6.4.4 `search-return-opts`. */
const returnOptions = ['MIN', 'MAX', 'ALL', 'COUNT', 'SAVE'] as const;
export type SearchReturn = (typeof returnOptions)[number];

export interface SearchArguments {
  /** Null without RETURN: an IMAP4rev1 client gets `* SEARCH`, others ALL. `RETURN ()` means ALL. */
  readonly returns: readonly SearchReturn[] | null;
  /** As it was named; null where none was. */
  readonly charset: string | null;
  readonly criteria: SearchKey;
}

/** What stands behind `SEARCH `. */
export function searchArguments(cursor: Cursor): SearchArguments {
  const returns = cursor.takeWord('RETURN') ? searchReturns(cursor) : null;
  const charset = cursor.takeWord('CHARSET') ? charsetName(cursor) : null;
  return { returns, charset, criteria: searchKeys(cursor, searchDecoder(charset)) };
}

function searchReturns(cursor: Cursor): SearchReturn[] {
  cursor.expectSpace();
  const options = parenthesised(cursor, () => returnOption(cursor), true);
  cursor.expectSpace();
  return options.length === 0 ? ['ALL'] : options;
}

function returnOption(cursor: Cursor): SearchReturn {
  const option = returnOptions.find((name) => cursor.takeWord(name));
  if (option === undefined) throw new SyntaxFailure('Unknown RETURN option of SEARCH');
  return option;
}

function charsetName(cursor: Cursor): string {
  cursor.expectSpace();
  const name = astring(cursor, 'a charset');
  cursor.expectSpace();
  return name;
}
