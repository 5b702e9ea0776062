/** What all rules together say of a mail: the strictest wins, for each recipient, and every reason is kept. */
import type { Uuid } from '../../services/domain/values.ts';
import type { Reason } from './answer.ts';
import { type Action, type Disposition, dispositionOf, dispositions, stricter } from './rule-actions.ts';

/** What one rule said that had something to say. */
export interface VerdictPart {
  readonly rule: Uuid;
  readonly version: number;
  readonly name: string;
  /** `undecidable`: facts are missing; `failed`: the rule broke, and somebody has to see to it. */
  readonly outcome: 'hit' | 'undecidable' | 'failed';
  /** Those of the rule where it hit; where it could not say, the one that says how its mail waits. */
  readonly actions: readonly Action[];
  readonly disposition: Disposition;
  /** Ordinals of the recipients that it is about. */
  readonly recipients: readonly number[];
  /** Whoever here it is about: as sender, as recipient; nobody where the rule could not say. */
  readonly people: readonly Uuid[];
  readonly reasons: readonly Reason[];
  /** Facts that were missing. */
  readonly missing: readonly string[];
}

export interface Verdict {
  /** Of the mail as a whole: the strictest of any recipient. */
  readonly disposition: Disposition;
  /** By ordinal. */
  readonly recipients: readonly Disposition[];
  /** The strictest first. */
  readonly parts: readonly VerdictPart[];
}

/** `recipients`: how many there are. */
export function combine(parts: readonly VerdictPart[], recipients: number): Verdict {
  const each = new Array<Disposition>(recipients).fill('deliver');
  for (const part of parts) {
    for (const ordinal of heldBack(part)) each[ordinal] = stricter(each[ordinal]!, part.disposition);
  }
  const disposition = parts.reduce(
    (strictest, part) => stricter(strictest, part.disposition),
    'deliver' as Disposition,
  );
  const ordered = dispositions
    .toReversed()
    .flatMap((wanted) => parts.filter((part) => part.disposition === wanted));
  return { disposition, recipients: each, parts: ordered };
}

function heldBack({ recipients, disposition }: VerdictPart): readonly number[] {
  return disposition === 'deliver' ? [] : recipients;
}

/** The strictest of what a rule does. */
export function dispositionOfAll(actions: readonly Action[]): Disposition {
  return actions.map(dispositionOf).reduce(stricter, 'deliver');
}

/** What the sender of a refused mail reads; null where nothing refuses it. */
export function refusalText({ parts }: Verdict): string | null {
  for (const { actions } of parts) {
    for (const action of actions) if (action.do === 'refuse') return action.text;
  }
  return null;
}
