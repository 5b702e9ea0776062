/** The corpus of real mails beside the repository (`../shared/corpus`), which not every machine has. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));

export interface CorpusMail {
  /** File name without `.eml`. */
  readonly name: string;
  readonly octets: Buffer;
}

export const corpusIsThere = existsSync(folder);

export function corpusMails(): CorpusMail[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.eml'))
    .sort()
    .map((file) => ({ name: file.slice(0, -'.eml'.length), octets: readFileSync(folder + file) }));
}

/** What `index.tsv` says is special about each mail, by name. */
export function corpusNotes(): ReadonlyMap<string, string> {
  notes ??= new Map(
    readFileSync(`${folder}index.tsv`, 'utf8')
      .split('\n')
      .slice(1)
      .filter((line) => line !== '')
      .map((line) => line.split('\t'))
      .map((cells) => [cells[0]!, cells[5]!]),
  );
  return notes;
}

let notes: ReadonlyMap<string, string> | null = null;

/** Rows of `own-cjk-expected.tsv`: what a careful person expects a mail program to show. */
export function expectedRows(): string[][] {
  const [, ...lines] = readFileSync(`${folder}own-cjk-expected.tsv`, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => line.split('\t').map(unescaped));
}

/** The table writes `\t \n \r \0 \\`. */
function unescaped(text: string): string {
  const meanings: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', 0: '\0' };
  return text.replace(/\\([tnr0\\])/g, (_, letter: string) => meanings[letter] ?? letter);
}

/** The mail with every line end as CRLF, as Dovecot hands mails out. */
export function withCrlf(octets: Buffer): Buffer {
  return Buffer.from(octets.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
}
