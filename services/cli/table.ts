/**
 * Columns as wide as their widest cell; East Asian wide characters count two. A cell is one line whatever others have
 * written in it, and has nothing that a terminal obeys or that turns the direction of what follows.
 */
export function table(head: readonly string[], given: readonly (readonly string[])[]): string {
  const rows = given.map((row) => row.map((cell) => cell.replace(obeyed, ' ')));
  const widths = head.map((cell, i) => Math.max(width(cell), ...rows.map((row) => width(row[i] ?? ''))));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, i) => padded(cell, widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function padded(cell: string, to: number): string {
  return cell + ' '.repeat(Math.max(0, to - width(cell)));
}

/** Columns that a terminal needs (Unicode UAX #11, wide and full-width blocks). */
function width(text: string): number {
  let columns = 0;
  for (const character of text) columns += wide.test(character) ? 2 : 1;
  return columns;
}

const obeyed = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
