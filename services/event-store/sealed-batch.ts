import type { Actor, DraftEvent } from '../domain/event.ts';
import type { ExpectedRevision, NewRecord } from './event-store.ts';
import { type RecordFields, recordText } from './record-text.ts';
import type { MadeEvent, SealedEvent } from './sealed-event.ts';
import { type SealedPersonal, sealPersonal } from './sealed-personal.ts';

/** What surrounds an append. `ids` are fixed before the first try, one per draft. */
export interface AppendContext {
  readonly ids: readonly string[];
  readonly epoch: number;
  /** UTC milliseconds; the caller sees to it that it is never before the stream's last. */
  readonly at: number;
  readonly actor: Actor;
  readonly cause: string | null;
}

/** Drafts made into records, once: a repeat must append this very batch, because sealing again gives other octets. */
export interface SealedBatch {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly records: readonly NewRecord[];
  /** The same as readers will meet them; each has its position when the append has resolved. */
  readonly events: readonly SealedEvent[];
}

/** Where a record will stand. */
export interface RecordPlace {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
}

/** A key by its name, as the record will mention it. */
export interface NamedKey {
  readonly name: string;
  readonly key: Uint8Array;
}

/** Makes the record of a draft. `key` seals its personal part and is null where there is none. */
export function makeRecord(
  place: RecordPlace,
  draft: DraftEvent,
  context: AppendContext,
  key: NamedKey | null,
): { readonly record: NewRecord; readonly made: MadeEvent } {
  const { personal } = draft;
  const part = personal === null || key === null ? null : sealPersonal(personal, key.key, place.id);
  return recordOf(place, draft, context, key?.name ?? null, part);
}

/** As `makeRecord`, with the personal part sealed already; for golden vectors. */
export function recordOf(
  place: RecordPlace,
  { type, version, data, personal }: DraftEvent,
  { epoch, at, actor, cause }: AppendContext,
  key: string | null,
  part: SealedPersonal | null,
): { readonly record: NewRecord; readonly made: MadeEvent } {
  const seal = part?.seal ?? null;
  const fields: RecordFields = { epoch, ...place, type, version, at, actor, cause, data, key, seal };
  const record = { id: place.id, record: Buffer.from(recordText(fields)), sealed: part?.sealed ?? null };
  return { record, made: { fields, personal } };
}
