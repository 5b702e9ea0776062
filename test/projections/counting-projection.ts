/** A projection for tests: how many events of each stream there were, and what their personal parts said. */

import { personalText } from '../../projections/personal-text.ts';
import type { Projection } from '../../projections/projection.ts';
import { tablePart, tableProjection } from '../../projections/table-projection.ts';
import type { DraftEvent } from '../../services/domain/event.ts';

export interface CountingOptions {
  readonly name?: string;
  readonly version?: number;
  /** Runs before an event is taken in; throws to make it poison. */
  readonly before?: (type: string, data: DraftEvent['data']) => void;
}

export function countingProjection({
  name = 'counting',
  version = 1,
  before,
}: CountingOptions = {}): Projection {
  return tableProjection({
    name,
    version,
    schema: 'CREATE TABLE seen (stream TEXT PRIMARY KEY, count INTEGER NOT NULL, said TEXT NOT NULL)',
    opens: ['Counted'],
    appliers: {
      Counted: (event, write) => {
        write(
          `INSERT INTO seen VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET count = count + 1, said = excluded.said`,
          event.stream,
          personalText(event, 'said'),
        );
        before?.(event.type, event.data);
      },
    },
    digestParts: [tablePart('seen', 'stream')],
  });
}

export function counted(said: string, number = 0): DraftEvent {
  return { type: 'Counted', version: 1, data: { number }, personal: { said } };
}

/** An event that the counting projection does not take and whose personal part it must not open. */
export function passedOver(): DraftEvent {
  return { type: 'PassedOver', version: 1, data: {}, personal: { secret: 'x' } };
}
