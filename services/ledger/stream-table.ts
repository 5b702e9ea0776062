/**
 * The last revision and time of every stream. A log of years has more streams than a `Map` can hold (2^24), so
 * these are rows of typed arrays: 32 octets each, found by the stream's UUID with open addressing.
 */
import { categoryOf, idOf } from '../domain/event.ts';
import { uuidOctets } from '../domain/values.ts';

export interface StreamEnd {
  readonly revision: number;
  /** UTC milliseconds. */
  readonly at: number;
}

const wordsPerId = 4;
const firstCapacity = 1024;

export class StreamTable {
  #capacity = firstCapacity;
  #count = 0;
  #ids = new Uint32Array(firstCapacity * wordsPerId);
  /** 0 marks a free row. */
  #categories = new Uint32Array(firstCapacity);
  #revisions = new Uint32Array(firstCapacity);
  #times = new Float64Array(firstCapacity);
  readonly #categoryNumbers = new Map<string, number>();
  readonly #wanted = new Uint32Array(wordsPerId);

  /** Streams in the table. */
  get count(): number {
    return this.#count;
  }

  get(stream: string): StreamEnd | null {
    const row = this.#find(this.#read(stream));
    return this.#categories[row] === 0 ? null : { revision: this.#revisions[row]!, at: this.#times[row]! };
  }

  set(stream: string, { revision, at }: StreamEnd): void {
    if (this.#count * 2 >= this.#capacity) this.#grow();
    const category = this.#read(stream);
    const row = this.#find(category);
    if (this.#categories[row] === 0) this.#count++;
    this.#ids.set(this.#wanted, row * wordsPerId);
    this.#categories[row] = category;
    this.#revisions[row] = revision;
    this.#times[row] = at;
  }

  /** Puts the stream's UUID into `#wanted`; number of its category. */
  #read(stream: string): number {
    uuidOctets(idOf(stream), new Uint8Array(this.#wanted.buffer).fill(0));
    const name = categoryOf(stream);
    const number = this.#categoryNumbers.get(name) ?? this.#categoryNumbers.size + 1;
    this.#categoryNumbers.set(name, number);
    return number;
  }

  /** Row of the wanted id, or the free row where it would stand. */
  #find(category: number): number {
    const [a, b, c, d] = this.#wanted as unknown as readonly [number, number, number, number];
    // The last octets of a UUID are random in every version that is used here.
    let row = (d ^ Math.imul(c, 0x9e3779b1)) & (this.#capacity - 1);
    for (; this.#categories[row] !== 0; row = (row + 1) & (this.#capacity - 1)) {
      const ids = this.#ids;
      const at = row * wordsPerId;
      const same = ids[at] === a && ids[at + 1] === b && ids[at + 2] === c && ids[at + 3] === d;
      if (same && this.#categories[row] === category) break;
    }
    return row;
  }

  #grow(): void {
    const [ids, categories, revisions, times] = [this.#ids, this.#categories, this.#revisions, this.#times];
    this.#capacity *= 2;
    this.#ids = new Uint32Array(this.#capacity * wordsPerId);
    this.#categories = new Uint32Array(this.#capacity);
    this.#revisions = new Uint32Array(this.#capacity);
    this.#times = new Float64Array(this.#capacity);
    for (let old = 0; old < categories.length; old++) {
      if (categories[old] === 0) continue;
      this.#wanted.set(ids.subarray(old * wordsPerId, (old + 1) * wordsPerId));
      const row = this.#find(categories[old]!);
      this.#ids.set(this.#wanted, row * wordsPerId);
      this.#categories[row] = categories[old]!;
      this.#revisions[row] = revisions[old]!;
      this.#times[row] = times[old]!;
    }
  }
}
