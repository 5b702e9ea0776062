/** A header as octets, and what JMAP shows of it (RFC 8621 §4.1.2, §4.1.3). Pure. */
import { fieldEnd, fieldName } from '../../mail/header-fields.ts';
import { inForm } from './header-forms.ts';
import type { HeaderProperty } from './header-property.ts';
import type { Json, JsonMap } from './request.ts';

interface RawField {
  /** As written. */
  readonly name: string;
  readonly field: string;
  /** Octets behind the colon in Latin-1, folded as they stand, without the last line end. */
  readonly raw: string;
}

export class HeaderBlock {
  /** Octets in Latin-1. */
  readonly text: string;
  readonly #fields: readonly RawField[];

  readonly #hint: string;

  /** `hint` is the charset of the mail's text, for raw octets. */
  constructor(octets: Uint8Array, hint = '') {
    this.#hint = hint;
    this.text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
    this.#fields = rawFields(this.text);
  }

  /** Null where the header has no such field; with `all` a list, empty then. */
  value({ field, form, all }: HeaderProperty): Json {
    if (all)
      return this.#fields
        .filter((each) => each.field === field)
        .map(({ raw }) => inForm(raw, form, this.#hint));
    const last = this.#fields.findLast((each) => each.field === field);
    return last ? inForm(last.raw, form, this.#hint) : null;
  }

  /** The property `headers` (§4.1.3): every field in its order, raw. */
  all(): JsonMap[] {
    return this.#fields.map(({ name, raw }) => ({ name, value: inForm(raw, 'Raw') }));
  }
}

function rawFields(block: string): RawField[] {
  const fields: RawField[] = [];
  for (let start = 0, end: number; start < block.length; start = end) {
    end = fieldEnd(block, start);
    const field = fieldName(block, start, end);
    if (field === '') continue;
    const raw = block.slice(block.indexOf(':', start) + 1, end).replace(/\r?\n$/, '');
    fields.push({ name: block.slice(start, start + field.length), field, raw });
  }
  return fields;
}
