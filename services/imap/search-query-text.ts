import { dateTimeText } from './protocol/dates.ts';
import type { SearchKey } from './protocol/search-keys.ts';
import { rangesText, type SequenceSet } from './protocol/sequence-set.ts';

const msPerDay = 86_400_000;

/** A search as people read it in the record: close to what the client said, texts decoded. */
export function queryText(key: SearchKey): string {
  switch (key.key) {
    case 'FLAG':
      return `${key.set ? '' : 'NOT '}${key.flag}`;
    case 'HEADER':
      return `${key.field}: ${quoted(key.text)}`;
    case 'BODY':
    case 'TEXT':
      return `${key.key} ${quoted(key.text)}`;
    case 'DATE':
      return `${key.of === 'sent' ? 'SENT ' : ''}${key.relation.toUpperCase()} ${dayText(key.day)}`;
    case 'OLDER':
    case 'YOUNGER':
      return `${key.key} ${key.seconds} s`;
    case 'LARGER':
    case 'SMALLER':
      return `${key.key} ${key.octets}`;
    case 'SEQUENCE':
    case 'UID':
      return `${key.key} ${setText(key.set)}`;
    case 'MODSEQ':
      return `MODSEQ ${key.atLeast}`;
    case 'EMAILID':
    case 'THREADID':
      return `${key.key} ${key.id}`;
    case 'NOT':
      return `NOT ${nested(key.of)}`;
    case 'OR':
      return `${nested(key.left)} OR ${nested(key.right)}`;
    case 'AND':
      return key.of.map(nested).join(' ');
    default:
      return key.key;
  }
}

function nested(key: SearchKey): string {
  return key.key === 'AND' || key.key === 'OR' ? `(${queryText(key)})` : queryText(key);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function dayText(day: number): string {
  return dateTimeText(day * msPerDay)
    .slice(1, 12)
    .trim();
}

function setText(set: SequenceSet): string {
  return set.saved ? '$' : rangesText(set.pairs).replaceAll('Infinity', '*');
}
