/** Who gets a mail by an event of its stream: whoever was resolved and is not held, or was held and is released. */
import type { LoggedEvent } from './event.ts';
import { ordinalsOf } from './ordinal-ranges.ts';
import type { Uuid } from './values.ts';

export interface GoingOn {
  readonly ordinal: number;
  /** The nil UUID where the recipient is elsewhere. */
  readonly account: Uuid;
  /** Its place among the addresses of the event. */
  readonly index: number;
}

export const goingOnTypes: ReadonlySet<string> = new Set(['RecipientsResolved', 'RecipientsReleased']);

/** Of an event of `goingOnTypes`. */
export function goingOn({ type, data }: Pick<LoggedEvent, 'type' | 'data'>): GoingOn[] {
  const accounts = data['accounts'] as readonly Uuid[];
  if (type === 'RecipientsReleased') {
    const ordinals = ordinalsOf(data['ordinals'] as readonly number[]);
    return accounts.map((account, index) => ({ ordinal: ordinals[index]!, account, index }));
  }
  const first = data['firstOrdinal'] as number;
  const held = new Set(ordinalsOf(data['held'] as readonly number[]));
  return accounts
    .map((account, index) => ({ ordinal: first + index, account, index }))
    .filter(({ ordinal }) => !held.has(ordinal));
}
