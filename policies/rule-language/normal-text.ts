/**
 * The form in which texts and words are compared: full and half width are one (NFKC), letters' case does not count,
 * runs of white space are one blank, and between characters of languages without spaces there is none, so that a
 * word that a line end cuts is found. Characters without width vanish.
 */

export interface NormalText {
  readonly units: Uint16Array;
  readonly length: number;
  readonly origins: Origins;
}

/** Where units come from in the text as given: kept where it is not one further than that of the unit before. */
export class Origins {
  readonly #units: number[] = [];
  readonly #origins: number[] = [];

  /** From this unit on, until the next call. */
  set(unit: number, origin: number): void {
    this.#units.push(unit);
    this.#origins.push(origin);
  }

  /** That of the normal text's length is the end of the text. */
  of(unit: number): number {
    let low = 0;
    let high = this.#units.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#units[middle]! <= unit) low = middle;
      else high = middle;
    }
    return this.#origins[low]! + unit - this.#units[low]!;
  }
}

const blank = 0x20;
/** Soft hyphens, joiners, blanks without width, marks of direction and of variants. */
const vanishing = /^\p{Default_Ignorable_Code_Point}$/u;

/** What most texts consist of is looked up: 0 for what needs a closer look, `space` for white space. */
const quick = new Uint16Array(0x10000);
const space = 0xffff;
for (let unit = 0x21; unit < 0x7f; unit++) quick[unit] = unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit;
for (let unit = 0xff01; unit <= 0xff5e; unit++) quick[unit] = quick[unit - 0xfee0]!;
for (let unit = 0x4e00; unit <= 0x9fff; unit++) quick[unit] = unit;
for (let unit = 0x3041; unit <= 0x3096; unit++) quick[unit] = unit;
for (let unit = 0x30a1; unit <= 0x30fa; unit++) quick[unit] = unit;
for (const unit of [0x3001, 0x3002, 0x300a, 0x300b, 0x300c, 0x300d, 0x3010, 0x3011]) quick[unit] = unit;
for (const [first, last] of [
  [0xa1, 0x24f],
  [0x370, 0x52f],
  [0xac00, 0xd7a3],
] as const) {
  for (let unit = first; unit <= last; unit++) quick[unit] = single(unit);
}
for (const unit of [
  0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
])
  quick[unit] = space;
for (let unit = 0x2000; unit <= 0x200a; unit++) quick[unit] = space;

/** What Latin, Greek, Cyrillic and Korean letters become that become one unit, whatever stands beside them. */
function single(unit: number): number {
  const character = String.fromCharCode(unit);
  const normal = character.normalize('NFKC').toLowerCase();
  return normal.length > 1 || normal === ' ' || vanishing.test(character) ? 0 : normal.charCodeAt(0);
}

export function normalText(text: string): NormalText {
  const normaliser = new Normaliser(text);
  return normaliser.run();
}

/** Where there is nothing to join and nothing but letters' case to change. */
const plainWord = /^[!-~]*$/;

/** The normal form as text, for the words of rules. */
export function normalString(text: string): string {
  if (plainWord.test(text)) return text.toLowerCase();
  const { units, length } = normalText(text);
  return Buffer.from(units.buffer, 0, length * 2).toString('utf16le');
}

class Normaliser {
  readonly #text: string;
  /** The text's units, and a zero behind them. */
  readonly #source: Uint16Array;
  #units: Uint16Array;
  readonly #origins = new Origins();
  #length = 0;
  /** Of the last unit: its origin less its place. */
  #shift = -1;
  /** White space has come since the last character. */
  #spaceFrom = -1;

  constructor(text: string) {
    this.#text = text;
    this.#source = new Uint16Array(text.length + 1);
    Buffer.from(this.#source.buffer).write(text, 'utf16le');
    this.#units = new Uint16Array(text.length + 2);
  }

  run(): NormalText {
    const end = this.#text.length;
    for (let at = 0; at < end; ) {
      at = this.#addQuick(at);
      if (at < end) at = this.#addCluster(at);
    }
    this.#origins.set(this.#length, end);
    return { units: this.#units, length: this.#length, origins: this.#origins };
  }

  /** Most of a text: what is looked up, without a call or an object for each; where the rest begins. */
  #addQuick(from: number): number {
    const source = this.#source;
    const end = source.length - 1;
    this.#makeRoom(end - from + 1);
    const units = this.#units;
    let length = this.#length;
    let isInside = false;
    let at = from;
    for (; at < end; at++) {
      const unit = quick[source[at]!]!;
      if (unit === space) {
        if (this.#spaceFrom < 0) this.#spaceFrom = at;
        isInside = false;
        continue;
      }
      if (unit === 0 || (source[at + 1]! >= firstMark && isMark(source[at + 1]!))) break;
      if (!isInside) {
        length = this.#spaceFrom < 0 ? length : this.#endSpace(unit, length);
        if (at - length !== this.#shift) this.#shiftTo(at, length);
        isInside = true;
      }
      units[length++] = unit;
    }
    this.#length = length;
    return at;
  }

  /** A character with the marks behind it, which may become one; all of it comes from its beginning. */
  #addCluster(at: number): number {
    const end = clusterEnd(this.#text, at);
    const cluster = this.#text.slice(at, end);
    if (vanishing.test(cluster)) return end;
    const normal = cluster.normalize('NFKC').toLowerCase();
    this.#makeRoom(normal.length + 1);
    for (let i = 0; i < normal.length; i++) {
      if (normal.charCodeAt(i) === blank) this.#spaceFrom = this.#spaceFrom < 0 ? at : this.#spaceFrom;
      else this.#add(normal.charCodeAt(i), at);
    }
    return end;
  }

  #add(unit: number, origin: number): void {
    if (this.#spaceFrom >= 0) this.#length = this.#endSpace(unit, this.#length);
    if (origin - this.#length !== this.#shift) this.#shiftTo(origin, this.#length);
    this.#units[this.#length++] = unit;
  }

  /** `unit` comes behind white space: the length with the blank that stands for it, if one does. */
  #endSpace(unit: number, length: number): number {
    const from = this.#spaceFrom;
    this.#spaceFrom = -1;
    if (length === 0 || (isSpaceless(this.#units[length - 1]!) && isSpaceless(unit))) return length;
    if (from - length !== this.#shift) this.#shiftTo(from, length);
    this.#units[length] = blank;
    return length + 1;
  }

  #shiftTo(origin: number, unit: number): void {
    this.#shift = origin - unit;
    this.#origins.set(unit, origin);
  }

  /** Some characters become many: `ﷺ` eighteen. */
  #makeRoom(more: number): void {
    if (this.#length + more < this.#units.length) return;
    const units = new Uint16Array(this.#length + Math.max(more + 1, this.#units.length));
    units.set(this.#units);
    this.#units = units;
  }
}

/** So many marks may belong to one character; what follows stands alone. */
const maxClusterUnits = 32;

function clusterEnd(text: string, at: number): number {
  let end = at + (text.codePointAt(at)! > 0xffff ? 2 : 1);
  const isJamo = isJamoUnit(text.charCodeAt(at));
  while (end < text.length && end - at < maxClusterUnits) {
    const unit = text.charCodeAt(end);
    if (!isMark(unit) && !(isJamo && isJamoUnit(unit))) break;
    end++;
  }
  return end;
}

const firstMark = 0x300;

/** Combining marks that compose with the letter before them, half-width voicing marks among them. */
function isMark(unit: number): boolean {
  if (unit < firstMark) return false;
  return (
    unit <= 0x36f ||
    unit === 0x3099 ||
    unit === 0x309a ||
    unit === 0xff9e ||
    unit === 0xff9f ||
    (unit >= 0x1ab0 && unit <= 0x1aff) ||
    (unit >= 0x1dc0 && unit <= 0x1dff) ||
    (unit >= 0x20d0 && unit <= 0x20ff)
  );
}

/** Medial and final parts of Korean syllables follow the initial one. */
function isJamoUnit(unit: number): boolean {
  return unit >= 0x1100 && unit <= 0x11ff;
}

/** Characters of scripts that put no spaces between words: Han, Kana, and their punctuation. */
export function isSpaceless(unit: number): boolean {
  if (unit < 0x2e80) return false;
  return (
    (unit <= 0x9fff && !(unit >= 0x3130 && unit <= 0x318f)) ||
    (unit >= 0xd840 && unit <= 0xdfff) ||
    (unit >= 0xf900 && unit <= 0xfaff)
  );
}
