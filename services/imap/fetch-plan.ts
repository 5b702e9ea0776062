import type { ReadItems } from '../record.ts';
import type { CommandOf } from './protocol/command.ts';
import type {
  BinaryItem,
  BinarySizeItem,
  FetchItem,
  PlainFetchItem,
  SectionItem,
} from './protocol/fetch-items.ts';

/** Items answered from a mailbox's row alone. */
export type RowItem = Exclude<PlainFetchItem, StructureItem>;
/** Items answered from the structure facts. */
export type StructureItem = 'ENVELOPE' | 'BODY' | 'BODYSTRUCTURE';
/** Items answered from the octets. */
export type OctetsItem = SectionItem | BinaryItem | BinarySizeItem;

/** What one FETCH has to find for each message. */
export interface FetchPlan {
  readonly rowItems: readonly RowItem[];
  readonly structureItems: readonly StructureItem[];
  readonly octetsItems: readonly OctetsItem[];
  /** Only messages with a higher MODSEQ; null for all. */
  readonly changedSince: number | null;
  /** \Seen is set on what was shown. */
  readonly marksSeen: boolean;
  /** What of the messages is shown, for the record. */
  readonly reads: readonly ReadItems[];
}

const structureItems: ReadonlySet<string> = new Set(['ENVELOPE', 'BODY', 'BODYSTRUCTURE']);

/** Sorts the items of a FETCH by where their answers are; UID and MODSEQ come where the RFCs imply them. */
export function fetchPlan({ items, byUid, changedSince }: CommandOf<'FETCH'>): FetchPlan {
  const plain = items.filter(isPlain).map(({ item }) => item);
  const octetsItems = items.filter((item): item is OctetsItem => !isPlain(item));
  const rows = plain.filter((item): item is RowItem => !structureItems.has(item));
  // RFC 9051 §6.4.9: UID FETCH always says the UID; RFC 7162 §3.1.4.1: CHANGEDSINCE always says MODSEQ.
  const rowItems: RowItem[] = [...(byUid ? ['UID' as const] : []), ...rows];
  if (changedSince !== null) rowItems.push('MODSEQ');
  const ofStructure = plain.filter((item): item is StructureItem => structureItems.has(item));
  return {
    rowItems: [...new Set(rowItems)],
    structureItems: [...new Set(ofStructure)],
    octetsItems,
    changedSince,
    marksSeen: octetsItems.some((item) => item.item !== 'BINARY.SIZE' && !item.peek),
    reads: [
      ...new Set([
        ...rows.map((): ReadItems => 'flags'),
        ...ofStructure.map(readOfStructure),
        ...octetsItems.map(readOfOctets),
      ]),
    ],
  };
}

function isPlain(item: FetchItem): item is { readonly item: PlainFetchItem } {
  return !('label' in item);
}

function readOfStructure(item: StructureItem): ReadItems {
  return item === 'ENVELOPE' ? 'envelope' : 'structure';
}

function readOfOctets(item: OctetsItem): ReadItems {
  if (item.item === 'BINARY.SIZE') return 'structure';
  if (item.item === 'BINARY') return 'body';
  return item.section.text === 'CONTENT' || item.section.text === 'TEXT' ? 'body' : 'headers';
}
