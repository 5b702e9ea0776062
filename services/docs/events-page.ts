/** `docs/events.md`, out of the catalogue. */
import { type Category, catalogue } from '../domain/catalogue.ts';
import type { EventType } from '../domain/event-type.ts';
import { code, generatedNotice, table } from './markdown.ts';

const kinds = `Kinds: \`time\` UTC milliseconds, \`digest\` hex of a hash, \`tag\` and \`signature\` as in [formats](formats.md),
\`ranges\` flat inclusive pairs \`[first, last, …]\`, \`oneOf\` one of the listed words; \`?\` may be null. Sealed members are
encrypted before they are stored and null for readers once their key is destroyed.`;

export function eventsPage(categories: readonly Category[] = catalogue): string {
  const head = `# Events\n\n${generatedNotice}\n\nEvery event there is, by the category of its stream.\n${kinds}\n`;
  return [head, ...categories.map(categorySection)].join('\n');
}

function categorySection({ name, means, events }: Category): string {
  const sections = Object.entries(events).map(([type, declared]) => eventSection(type, declared));
  return [`## ${code(`${name}-`)}\n\n${means}\n`, ...sections].join('\n');
}

function eventSection(type: string, { version, means, clear, personal }: EventType): string {
  const rows = [
    ...Object.entries(clear).map(([member, kind]) => [code(member), kindText(kind)]),
    ...Object.entries(personal ?? {}).map(([member, what]) => [code(member), `sealed: ${what}`]),
  ];
  const members = rows.length === 0 ? '' : `\n${table(['member', 'kind'], rows)}\n`;
  return `### ${type} (version ${version})\n\n${means}\n${members}`;
}

/** `oneOf:a|b` as words that a table cell can hold. */
function kindText(kind: string): string {
  if (!kind.startsWith('oneOf:')) return code(kind);
  const mayBeNull = kind.endsWith('?');
  const words = kind.slice('oneOf:'.length, mayBeNull ? -1 : undefined).split('|');
  const all = words.length > 20 ? 'a code of [refusals](refusals.md)' : words.map(code).join(', ');
  return `oneOf${mayBeNull ? '?' : ''}: ${all}`;
}
