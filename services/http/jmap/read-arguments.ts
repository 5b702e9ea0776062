/**
 * Reads the arguments of a method call. A member of the wrong kind, and one that the method does not know, is
 * named in the error (RFC 8620 §3.6.2 `invalidArguments`).
 */
import { invalidArguments } from './problem.ts';
import { isList, isMap, type Json, type JsonMap } from './request.ts';

/** RFC 8620 §1.2. */
const idForm = /^[A-Za-z0-9_-]{1,255}$/;

export function isId(value: Json | undefined): value is string {
  return typeof value === 'string' && idForm.test(value);
}

export class ArgumentReader {
  readonly #args: JsonMap;
  readonly #read = new Set<string>();

  constructor(args: JsonMap) {
    this.#args = args;
  }

  /** To be called when all has been read. */
  end(): void {
    const unknown = Object.keys(this.#args).find((name) => !this.#read.has(name));
    if (unknown !== undefined) throw invalidArguments(`${unknown} is not an argument of this method`);
  }

  id(name: string): string {
    const value = this.#take(name);
    if (!isId(value)) throw invalidArguments(`${name} is not an id`);
    return value;
  }

  optionalId(name: string): string | null {
    return this.#optional(name, isId, 'an id');
  }

  ids(name: string): readonly string[] {
    const value = this.#take(name);
    if (!areIds(value)) throw invalidArguments(`${name} is not a list of ids`);
    return value;
  }

  optionalIds(name: string): readonly string[] | null {
    return this.#optional(name, areIds, 'a list of ids');
  }

  text(name: string): string {
    const value = this.#take(name);
    if (typeof value !== 'string') throw invalidArguments(`${name} is not a string`);
    return value;
  }

  optionalText(name: string): string | null {
    return this.#optional(name, isText, 'a string');
  }

  optionalTexts(name: string): readonly string[] | null {
    return this.#optional(name, areTexts, 'a list of strings');
  }

  flag(name: string): boolean {
    return this.#optional(name, isBoolean, 'true or false') ?? false;
  }

  /** An Int (§1.3); `fallback` where it is absent. */
  int(name: string, fallback: number): number {
    return this.#optional(name, isInt, 'an integer') ?? fallback;
  }

  /** An UnsignedInt (§1.3). */
  optionalUnsigned(name: string): number | null {
    return this.#optional(name, isUnsigned, 'an integer from 0 on');
  }

  optionalMap(name: string): JsonMap | null {
    return this.#optional(name, isMap, 'an object');
  }

  optionalMaps(name: string): readonly JsonMap[] | null {
    return this.#optional(name, areMaps, 'a list of objects');
  }

  #take(name: string): Json | undefined {
    this.#read.add(name);
    return Object.hasOwn(this.#args, name) ? this.#args[name] : undefined;
  }

  #optional<T extends Json>(
    name: string,
    is: (value: Json | undefined) => value is T,
    kind: string,
  ): T | null {
    const value = this.#take(name);
    if (value === undefined || value === null) return null;
    if (!is(value)) throw invalidArguments(`${name} is not ${kind}`);
    return value;
  }
}

const isText = (value: Json | undefined): value is string => typeof value === 'string';
const isBoolean = (value: Json | undefined): value is boolean => typeof value === 'boolean';
const isInt = (value: Json | undefined): value is number => Number.isSafeInteger(value);
const isUnsigned = (value: Json | undefined): value is number => isInt(value) && value >= 0;
const areIds = (value: Json | undefined): value is readonly string[] => isList(value) && value.every(isId);
const areTexts = (value: Json | undefined): value is readonly string[] =>
  isList(value) && value.every(isText);
const areMaps = (value: Json | undefined): value is readonly JsonMap[] => isList(value) && value.every(isMap);
