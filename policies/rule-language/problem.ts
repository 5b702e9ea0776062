/** What is wrong with a rule, and where, in words. */
import type { TextProblem } from '../../services/domain/refusals.ts';

export type Problem = TextProblem;

export type Path = readonly (string | number)[];

export function problemAt(path: Path, says: string): Problem {
  return { at: pathText(path), says };
}

/** `when › all › 2 › words`. */
export function pathText(path: Path): string {
  return path.map((step) => (typeof step === 'number' ? `${step + 1}` : step)).join(' › ');
}

export function problemText({ at, says }: Problem): string {
  return at === '' ? says : `${at}: ${says}`;
}
