/** Rules to begin from, in the reader's language. Pure. */
import { type RuleMessages, wordAt } from '../../i18n/rules/rule-words.ts';
import type { Part } from './rule-value.ts';

export const presetNames = [
  'contracts',
  'supervision',
  'numbers',
  'programs',
  'insideOnly',
  'words',
  'manyRecipients',
] as const;
export type PresetName = (typeof presetNames)[number];

const everywhere = ['subject', 'body', 'attachments', 'attachmentNames'];
const outgoing = { direction: 'sent', traffic: 'external' };
const programs = ['exe', 'com', 'scr', 'bat', 'cmd', 'js', 'vbs', 'ps1', 'msi', 'jar', 'lnk', 'iso'];

const byLeader = {
  do: 'holdForApproval',
  reviewer: 'leader',
  hold: 'external',
  remindAfterHours: 4,
  deadlineHours: 16,
  atDeadline: 'return',
};

/** What each says besides its name, its reason and its owner. */
const contents: Readonly<Record<PresetName, (say: (key: string) => string) => Part>> = {
  contracts: (say) => ({
    scope: outgoing,
    when: { test: 'text', in: everywhere, words: say('contractsWords').split('\n') },
    actions: [byLeader],
  }),
  supervision: () => ({
    scope: { traffic: 'external' },
    actions: [{ do: 'copyToSupervisors', to: ['leader'], reviewWithinHours: 40 }],
  }),
  numbers: (say) => ({
    scope: outgoing,
    when: {
      test: 'numbers',
      in: ['subject', 'body', 'attachments'],
      kinds: ['identityCard', 'bankCard', 'iban'],
    },
    actions: [{ do: 'refuse', text: say('numbersText') }],
  }),
  programs: () => ({
    scope: { direction: 'received', traffic: 'external' },
    when: { test: 'attachmentName', names: programs.map((ending) => `*.${ending}`) },
    actions: [{ do: 'quarantine' }],
  }),
  insideOnly: (say) => ({
    scope: { ...outgoing, people: [] },
    actions: [{ do: 'refuse', text: say('insideOnlyText') }],
  }),
  words: (say) => ({
    scope: {},
    when: { test: 'text', in: ['subject'], words: [] },
    actions: [{ do: 'refuse', text: say('wordsText') }],
  }),
  manyRecipients: () => ({
    scope: outgoing,
    when: { test: 'recipients', over: 20 },
    actions: [byLeader],
  }),
};

export function presetRule(name: PresetName, owner: string, words: RuleMessages): Part {
  const say = (key: string): string => wordAt(words, `preset.${key}`);
  return { name: say(name), reason: say(`${name}Reason`), owner, ...contents[name](say) };
}

/** With what every rule has. */
export function blankRule(owner: string): Part {
  return { name: '', reason: '', owner, scope: {}, actions: [{ do: 'deliver' }] };
}
