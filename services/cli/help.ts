/** What `muniment help` says. */
import { matchVerb, verbs } from './verb-list.ts';

const around: readonly (readonly string[])[] = [
  ['serve', 'Starts the server.'],
  ['doctor', 'Looks at ports, folder, keys, disk, clock and certificate, and says what to do.'],
  ['help [VERB]', 'Says this, or more of one verb.'],
];

export function helpText(words: readonly string[]): string {
  const match = words.length > 0 ? matchVerb(words) : null;
  if (match) return `muniment ${match.verb.name} ${match.verb.usage}\n\n${match.verb.summary}`;
  const rows = [...around, ...verbs.map(({ name, usage, summary }) => [`${name} ${usage}`, summary])];
  return [
    'muniment VERB … [--json] [--config FILE]',
    '',
    rows.map(([name, summary]) => `  ${name!.trim()}\n      ${summary}`).join('\n'),
    '',
    'Settings come from MUNIMENT_… variables and muniment.config.json; see README.md.',
  ].join('\n');
}
