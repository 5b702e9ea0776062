/** What `/metrics` shows beside the readings of health, and the rule for its labels. */

export interface Sample {
  /** Value of the meter's label, where it has one. */
  readonly label?: string;
  readonly value: number;
}

/** A number that some part of the server keeps; read when somebody asks. */
export interface Meter {
  /** `muniment_…`, with the unit at its end as Prometheus has it (`_seconds`, `_bytes`, `_total`). */
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge';
  /** Name of the one label; null where it has none. */
  readonly labelName: string | null;
  read(): readonly Sample[];
}

const labelForm = /^[A-Za-z0-9_.-]{1,64}$/;

/** Metrics are kept for years by other programs: nothing that looks like an address or a text goes out in a label. */
export function safeLabel(value: string): string {
  return labelForm.test(value) ? value : 'other';
}
