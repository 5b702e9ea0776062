/** What `muniment help` says. */
import type { Verb } from './verb.ts';
import { matchVerb, verbs } from './verb-list.ts';

const around: readonly (readonly string[])[] = [
  [
    'serve [--demo]',
    'Starts the server; with --demo one in ./data-demo with an invented firm and its partner.',
  ],
  [
    'doctor',
    'Asks server and doors for an answer, looks at folder, keys, disk, clock and certificate, and says what to do.',
  ],
  ['help [VERB]', 'Says this, or more of one verb.'],
];

export function helpText(words: readonly string[]): string {
  const match = words.length > 0 ? matchVerb(words) : null;
  if (match) return verbText(match.verb);
  const rows = [...around, ...verbs.map(({ name, usage, summary }) => [`${name} ${usage}`, summary])];
  return [
    'muniment VERB … [--json] [--config FILE]',
    '',
    rows.map(([name, summary]) => `  ${name!.trim()}\n      ${summary}`).join('\n'),
    '',
    'Settings come from MUNIMENT_… variables and muniment.config.json; see README.md.',
  ].join('\n');
}

function verbText({ name, usage, summary, details, examples }: Verb): string {
  return [
    `muniment ${name} ${usage}`.trim(),
    '',
    summary,
    ...(details === undefined ? [] : ['', details]),
    '',
    'Examples:',
    ...examples.map((example) => `  muniment ${example}`),
  ].join('\n');
}
