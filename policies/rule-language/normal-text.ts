/**
 * The form in which texts and words are compared: full and half width are one (NFKC), letters' case does not count,
 * runs of white space are one blank, and between characters of languages without spaces there is none, so that a
 * word that a line end cuts is found. Characters without width vanish.
 */

export interface NormalText {
  readonly units: Uint16Array;
  readonly length: number;
  /** Where each unit comes from in the text as given; one more entry for its end. */
  readonly origins: Uint32Array;
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
for (const unit of [
  0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
])
  quick[unit] = space;
for (let unit = 0x2000; unit <= 0x200a; unit++) quick[unit] = space;

export function normalText(text: string): NormalText {
  const normaliser = new Normaliser(text);
  return normaliser.run();
}

/** The normal form as text, for the words of rules. */
export function normalString(text: string): string {
  const { units, length } = normalText(text);
  let normal = '';
  for (let i = 0; i < length; i++) normal += String.fromCharCode(units[i]!);
  return normal;
}

class Normaliser {
  readonly #text: string;
  #units: Uint16Array;
  #origins: Uint32Array;
  #length = 0;
  /** White space has come since the last character. */
  #spaceFrom = -1;

  constructor(text: string) {
    this.#text = text;
    this.#units = new Uint16Array(text.length + 1);
    this.#origins = new Uint32Array(text.length + 2);
  }

  run(): NormalText {
    const text = this.#text;
    for (let at = 0; at < text.length; ) {
      const known = quick[text.charCodeAt(at)]!;
      if (known === space) {
        if (this.#spaceFrom < 0) this.#spaceFrom = at;
        at++;
      } else if (known !== 0 && !isMark(text.charCodeAt(at + 1))) this.#add(known, at++);
      else at = this.#addCluster(at);
    }
    this.#origins[this.#length] = text.length;
    return { units: this.#units, length: this.#length, origins: this.#origins };
  }

  /** A character with the marks behind it, which may become one; all of it comes from its beginning. */
  #addCluster(at: number): number {
    const end = clusterEnd(this.#text, at);
    const cluster = this.#text.slice(at, end);
    if (vanishing.test(cluster)) return end;
    const normal = cluster.normalize('NFKC').toLowerCase();
    for (let i = 0; i < normal.length; i++) {
      if (normal.charCodeAt(i) === blank) this.#spaceFrom = this.#spaceFrom < 0 ? at : this.#spaceFrom;
      else this.#add(normal.charCodeAt(i), at);
    }
    return end;
  }

  #add(unit: number, origin: number): void {
    if (this.#spaceFrom >= 0) {
      const before = this.#length === 0 ? 0 : this.#units[this.#length - 1]!;
      if (this.#length > 0 && !(isSpaceless(before) && isSpaceless(unit))) this.#put(blank, this.#spaceFrom);
      this.#spaceFrom = -1;
    }
    this.#put(unit, origin);
  }

  #put(unit: number, origin: number): void {
    if (this.#length + 1 >= this.#units.length) this.#grow();
    this.#units[this.#length] = unit;
    this.#origins[this.#length++] = origin;
  }

  /** Some characters become many: `ﷺ` eighteen. */
  #grow(): void {
    const units = new Uint16Array(this.#units.length * 2 + 32);
    const origins = new Uint32Array(units.length + 1);
    units.set(this.#units);
    origins.set(this.#origins.subarray(0, this.#length));
    [this.#units, this.#origins] = [units, origins];
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

/** Combining marks that compose with the letter before them, half-width voicing marks among them. */
function isMark(unit: number): boolean {
  if (unit < 0x300) return false;
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
