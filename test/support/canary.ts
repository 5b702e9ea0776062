/** Finds a word in files, however it may be written there: other charsets, transfer encodings, hex. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Octet sequences of which each one, found in a file, shows the word. Letters in the given case and in lower case. */
export function formsOf(word: string): ReadonlyMap<string, Buffer> {
  const forms = new Map<string, Buffer>();
  // Many scripts have no cases: what is the same is looked for once.
  for (const text of new Set([word, word.toLowerCase()])) {
    const spelling = text === word ? 'as given' : 'in lower case';
    const utf16 = Buffer.from(text, 'utf16le');
    const charsets = {
      'UTF-8': Buffer.from(text),
      'UTF-16LE': utf16,
      'UTF-16BE': Buffer.from(utf16).swap16(),
    };
    for (const [charset, octets] of Object.entries(charsets)) {
      const name = `${charset} ${spelling}`;
      forms.set(name, octets);
      forms.set(`hex of ${name}`, Buffer.from(octets.toString('hex')));
      forms.set(`HEX of ${name}`, Buffer.from(octets.toString('hex').toUpperCase()));
      forms.set(`quoted-printable of ${name}`, Buffer.from(quotedPrintable(octets)));
      for (const [shift, piece] of base64Pieces(octets)) forms.set(`base64 +${shift} of ${name}`, piece);
    }
  }
  return forms;
}

/** Every octet as `=XX`. */
function quotedPrintable(octets: Buffer): string {
  return octets.toString('hex').toUpperCase().replaceAll(/../g, '=$&');
}

/** What stays of the word in base64, wherever in a group of three octets it begins. */
function base64Pieces(octets: Buffer): [number, Buffer][] {
  return [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), octets]);
    const text = whole.subarray(0, whole.length - (whole.length % 3)).toString('base64');
    return [shift, Buffer.from(text.slice(shift === 0 ? 0 : 4))];
  });
}

/** Files below a folder that show one of the words, as `file: form of word`. */
export function filesShowing(folder: string, words: readonly string[]): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files
    .flatMap(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return shown(contentOf(path), words).map((what) => `${path.slice(folder.length + 1)}: ${what}`);
    })
    .sort();
}

/** Empty where it is gone since the folder was read: a head that is replaced stands under its own name, read as well. */
function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return Buffer.alloc(0);
  }
}

/** Which of the words the octets show, and in which form. */
export function shown(octets: Buffer, words: readonly string[]): string[] {
  return words.flatMap((word) =>
    [...formsOf(word)].filter(([, form]) => octets.includes(form)).map(([form]) => `${word} in ${form}`),
  );
}
