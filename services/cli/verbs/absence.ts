/** `account away|back|language`: what somebody says of themselves that others go by. */
import type { Language } from '../../domain/account.ts';
import { parseArguments } from '../arguments.ts';
import { asVerb, UsageError } from '../verb.ts';

interface AwayRequest extends Record<string, string | number> {
  address: string;
  fromMs: number;
  untilMs: number;
}

const languages: readonly Language[] = ['en', 'zh-CN', 'zh-TW'];

export const accountAway = asVerb<AwayRequest>({
  name: 'account away',
  act: 'manageAccounts',
  summary: 'Says when somebody is away: then their deputy decides on mail that waits for approval.',
  usage: 'ADDRESS --until TIME [--from TIME]',
  details: 'TIME is a moment such as 2026-10-09T18:00:00+08:00; without --from it begins now.',
  examples: [
    'account away li@acme.example --from 2026-10-01T00:00:00+08:00 --until 2099-10-09T00:00:00+08:00',
  ],
  prepare: (args) => {
    const { positionals, options } = parseArguments(args, {
      positionals: ['ADDRESS'],
      options: ['from', 'until'],
    });
    const { from, until } = options;
    if (until === undefined) throw new UsageError('--until is missing.');
    const fromMs = from === undefined ? Date.now() : momentOf(from);
    return { address: positionals[0]!, fromMs, untilMs: momentOf(until) };
  },
  async perform({ administration }, { address, fromMs, untilMs }) {
    const command = { kind: 'goAway', fromMs, untilMs, nowMs: Date.now() } as const;
    await administration.changeAccount(address, command, 'operator');
    const text = `${address} is away from ${momentText(fromMs)} until ${momentText(untilMs)}.`;
    return { json: { address, fromMs, untilMs }, text };
  },
});

export const accountBack = asVerb({
  name: 'account back',
  act: 'manageAccounts',
  summary: 'Says that somebody is back; what was planned is no more.',
  usage: 'ADDRESS',
  examples: ['account back li@acme.example'],
  prepare: (args) => ({ address: parseArguments(args, { positionals: ['ADDRESS'] }).positionals[0]! }),
  async perform({ administration }, { address }: { address: string }) {
    await administration.changeAccount(address, { kind: 'comeBack', nowMs: Date.now() }, 'operator');
    return { json: { address }, text: `${address} is back.` };
  },
});

export const accountLanguage = asVerb<{ address: string; language: Language }>({
  name: 'account language',
  act: 'manageAccounts',
  summary: 'Chooses the language in which the server writes to somebody.',
  usage: 'ADDRESS en|zh-CN|zh-TW',
  examples: ['account language li@acme.example zh-CN'],
  prepare: (args) => {
    const [address, wanted] = parseArguments(args, { positionals: ['ADDRESS', 'LANGUAGE'] }).positionals;
    const language = languages.find((each) => each.toLowerCase() === wanted!.toLowerCase());
    if (!language) throw new UsageError(`${wanted} is no language of this server: ${languages.join(', ')}.`);
    return { address: address!, language };
  },
  async perform({ administration }, { address, language }) {
    await administration.changeAccount(address, { kind: 'setLanguage', language }, 'operator');
    return { json: { address, language }, text: `The server writes to ${address} in ${language}.` };
  },
});

/** RFC 3339 with its zone, so that it means one instant everywhere. */
function momentOf(text: string): number {
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const atMs = isMoment ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) throw new UsageError(`${text} is no moment such as 2026-10-09T18:00:00+08:00.`);
  return atMs;
}

function momentText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
}
