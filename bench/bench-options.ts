/** Options of the benchmark: `--only a,b*`, `--scale 0.1`, `--json`. */
import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** True for a measure that is wanted. */
  readonly wants: (name: string) => boolean;
  readonly scale: number;
  /** JSON lines only: no line that says what runs. */
  readonly json: boolean;
}

/** Throws where an option is unknown or has no sense. */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      scale: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const scale = Number(values.scale);
  if (!(scale > 0)) throw new Error(`--scale wants a number above 0, not ${values.scale}`);
  const patterns = values.only?.split(',').map(patternOf) ?? [/^/];
  return { wants: (name) => patterns.some((each) => each.test(name)), scale, json: values.json };
}

/** `*` stands for anything. */
function patternOf(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[^\w]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
