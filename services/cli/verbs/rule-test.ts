/** `rule test`: what a rule would say of a mail. The mail is read where the person is; who is who, where the data are. */
import { readFileSync } from 'node:fs';
import type { Party } from '../../../policies/rule-language/rule-facts.ts';
import type { Verdict, VerdictPart } from '../../../policies/rule-language/verdict.ts';
import type { JsonObject, JsonValue } from '../../domain/event.ts';
import { parseArguments } from '../arguments.ts';
import { unreadable } from '../file-fault.ts';
import type { TriedMail } from '../rule-trial.ts';
import { asVerb, UsageError } from '../verb.ts';
import { fileText } from './rule.ts';

interface TestRequest extends Record<string, JsonValue> {
  rule: string;
  sender: string;
  recipients: string[];
  isFromOutside: boolean;
  octets: number;
  /** `MailFacts` and `MailTexts`. */
  facts: JsonObject;
  texts: JsonObject;
}

const maxMailOctets = 64 * 1024 * 1024;

export const ruleTest = asVerb<TestRequest, 'readRules'>({
  name: 'rule test',
  act: 'readRules',
  summary: 'Says what a rule would do with a mail, and why; nothing is published, sent or kept.',
  usage: 'FILE --mail FILE.eml [--sender ADDRESS] [--recipients ADDRESS,…] [--from-outside]',
  details:
    'Sender and recipients are those of the header where no others are given; the sender has signed in, unless --from-outside says that it has not.',
  examples: [
    'rule test no-contracts.json --mail offer.eml',
    'rule test no-contracts.json --mail offer.eml --sender wang@acme.example --recipients buyer@outside.example',
  ],
  async prepare(args) {
    const { positionals, options, switches } = parseArguments(args, {
      positionals: ['FILE'],
      options: ['mail', 'sender', 'recipients'],
      switches: ['from-outside'],
    });
    if (options['mail'] === undefined) throw new UsageError('Say which mail: --mail FILE.eml.');
    const rule = fileText(positionals[0]!);
    const { readTriedMail } = await import('../rule-trial.ts');
    const { octets, facts, texts } = await readTriedMail(rule, mailOctets(options['mail']));
    const inHeader = [...facts.to, ...facts.cc, ...facts.bcc].map(({ address }) => address);
    return {
      rule,
      sender: options['sender'] ?? facts.from[0]?.address ?? '',
      recipients: options['recipients']?.split(',') ?? inHeader,
      isFromOutside: switches['from-outside'] === true,
      octets,
      facts: facts as unknown as JsonObject,
      texts: texts as unknown as JsonObject,
    };
  },
  async perform(house, request) {
    const { judgeTried } = await import('../rule-trial.ts');
    const mail = request as unknown as TriedMail;
    const { verdict, recipients } = await judgeTried(house, request.rule, request, mail);
    return { json: JSON.parse(JSON.stringify(verdict)), text: verdictText(verdict, recipients) };
  },
});

function mailOctets(path: string): Buffer {
  let octets: Buffer;
  try {
    octets = readFileSync(path);
  } catch (error) {
    throw new UsageError(unreadable(path, error));
  }
  if (octets.length > maxMailOctets) throw new UsageError(`${path} is larger than 64 MiB.`);
  return octets;
}

function verdictText({ parts: [part] }: Verdict, recipients: readonly Party[]): string {
  if (!part) return 'The rule says nothing of this mail.';
  const concerned = part.recipients.map((ordinal) => recipients[ordinal]!.address).join(', ');
  return [`${outcomeText(part)}, for ${concerned}.`, ...reasonLines(part)].join('\n');
}

function outcomeText({ outcome, actions, missing, disposition }: VerdictPart): string {
  if (outcome === 'hit') return `The rule hits: ${actions.map((action) => action.do).join(', ')}`;
  if (outcome === 'failed') return 'The rule breaks on this mail';
  return `The rule cannot be decided (${missing.join(', ')}): ${disposition}`;
}

function reasonLines({ reasons }: VerdictPart): string[] {
  return reasons.flatMap(({ at, test, count, places }) => [
    `  ${at}: ${test}${count > 0 ? `, ${count} found` : ''}`,
    ...places.map(
      ({ in: place, part, found }) =>
        `    ${place}${part === '' ? '' : ` ${part}`}: ${found.replace(/\s+/gu, ' ')}`,
    ),
  ]);
}
