/** Which rows of a long list are drawn. Pure. */

export interface RowWindow {
  /** First and last row drawn; `last` is below `first` where there are none. */
  readonly first: number;
  readonly last: number;
}

/** Rows drawn above and below what is seen, so that scrolling does not uncover bare ground. */
const spareRows = 8;

/** All in pixels but `rowCount`. */
export function rowWindow(scrollTop: number, height: number, rowHeight: number, rowCount: number): RowWindow {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - spareRows);
  const last = Math.min(rowCount - 1, Math.ceil((scrollTop + height) / rowHeight) + spareRows);
  return { first, last };
}
