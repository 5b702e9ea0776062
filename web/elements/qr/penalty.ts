/** How much a mask leaves of what disturbs a reader: long runs, squares, what looks like a finder (ISO/IEC 18004 §7.8.3). Pure. */

const runWeight = 3;
const squareWeight = 3;
const finderWeight = 40;
const balanceWeight = 10;

export function penaltyOf(modules: readonly (readonly boolean[])[]): number {
  const rows = modules.map((row) => row.map(Number).join(''));
  const columns = rows.map((_, x) => rows.map((row) => row[x]).join(''));
  const lines = [...rows, ...columns];
  return sum(lines.map(ofRuns)) + sum(lines.map(ofFinders)) + ofSquares(rows) + ofBalance(rows.join(''));
}

function ofRuns(line: string): number {
  return sum((line.match(/0{5,}|1{5,}/g) ?? []).map(({ length }) => runWeight + length - 5));
}

function ofFinders(line: string): number {
  return finderWeight * [...line.matchAll(/(?=10111010000|00001011101)/g)].length;
}

function ofSquares(rows: readonly string[]): number {
  let squares = 0;
  for (let y = 1; y < rows.length; y++) {
    for (let x = 1; x < rows.length; x++) {
      const square = rows[y]!.slice(x - 1, x + 1) + rows[y - 1]!.slice(x - 1, x + 1);
      if (square === '0000' || square === '1111') squares++;
    }
  }
  return squareWeight * squares;
}

/** Per five percent away from a half. */
function ofBalance(all: string): number {
  const dark = all.split('1').length - 1;
  return balanceWeight * Math.floor(Math.abs(dark / all.length - 0.5) * 20);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
