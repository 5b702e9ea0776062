/** Ten thousand rules with five hundred words on the realistic mix, beside hashing and scanning the same mails. In this process. */
import { createHash } from 'node:crypto';
import { parseRule } from '../../policies/rule-language/parse-rule.ts';
import { type PublishedRule, RuleSet } from '../../policies/rule-language/rule-set.ts';
import { factsOf, type MailFacts } from '../../services/mail/facts.ts';
import { MailScan } from '../../services/mail/mail-scan.ts';
import { type MailTexts, readMailTexts } from '../../services/mail/mail-texts.ts';
import { encodeStructure, openStructure } from '../../services/mail/structure-codec.ts';
import { ruleFacts } from '../../services/rules/rule-facts.ts';
import { vocabularyWord } from '../corpus.ts';
import { type Bench, type Figures, type Measure, median, realisticMails, scaled } from '../measure.ts';

const rules = 10_000;
const words = 500;
const mailsPerRound = 300;
const rounds = 5;
/** Of a hundred rules so many have no words: they look at who writes to whom. */
const withoutWords = 10;
const sliceOctets = 64 * 1024;
const sender = { address: 'sender@bench.test', account: '00000000-0000-8000-8000-000000000001' };
const recipient = { address: 'reader@example.net', account: null };

/** One word in so many is a rare word of the mix; the others it has not. */
const rareIn = { few: 250, many: 50 };

export const judgeMeasures: readonly Measure[] = [
  { name: 'rules_10000', take: (bench) => judging(bench, rareIn.few) },
  { name: 'rules_10000_many_hits', take: (bench) => judging(bench, rareIn.many) },
];

async function judging(bench: Bench, wordsPerRareOne: number): Promise<Figures> {
  const published = Array.from({ length: scaled(bench, rules) }, (_, n) => ruleOf(n, wordsPerRareOne));
  const before = heapOctets();
  const compiledAt = performance.now();
  const set = new RuleSet(published);
  const compileMs = performance.now() - compiledAt;
  const setOctets = heapOctets() - before;
  const mails = realisticMails(scaled(bench, mailsPerRound), bench.run());
  const taken: { scan: number[]; read: number[]; judge: number[] } = { scan: [], read: [], judge: [] };
  let hits = 0;
  for (let round = 0; round < rounds; round++) {
    const found = cpuMs(taken.scan, () => mails.map(hashAndScan));
    const startedAt = process.cpuUsage();
    const texts = await Promise.all(found.map((structure, i) => textsOf(structure, mails[i]!, set)));
    taken.read.push(cpuSince(startedAt));
    const facts = found.map((structure, i) => factsFor(factsOf(structure), texts[i]!, mails[i]!.length));
    hits = cpuMs(taken.judge, () => facts.reduce((sum, each) => sum + set.judge(each).parts.length, 0));
  }
  const each = (values: readonly number[]): number => median(values) / mails.length;
  const figures = { scan: each(taken.scan), read: each(taken.read), judge: each(taken.judge) };
  return {
    rules: published.length,
    words,
    mails: mails.length,
    hitsPerMail: hits / mails.length,
    hashAndScanCpuMs: figures.scan,
    readTextsCpuMs: figures.read,
    judgeCpuMs: figures.judge,
    ratio: figures.judge / figures.scan,
    compileMs,
    setMb: setOctets / 1e6,
  };
}

function hashAndScan(mail: Buffer) {
  const hash = createHash('sha256');
  const scan = new MailScan();
  for (let at = 0; at < mail.length; at += sliceOctets) {
    const slice = mail.subarray(at, at + sliceOctets);
    hash.update(slice);
    scan.push(slice);
  }
  hash.digest();
  const found = scan.finish();
  factsOf(found);
  return found;
}

type Found = ReturnType<typeof hashAndScan>;

function textsOf(structure: Found, mail: Buffer, { wanted }: RuleSet): Promise<MailTexts> {
  const { root } = openStructure(encodeStructure(structure))!;
  const places = { root, attachments: factsOf(structure).attachments };
  return readMailTexts(places, wanted, async (from, to) => mail.subarray(from, to));
}

function factsFor(facts: MailFacts, texts: MailTexts, octets: number) {
  const mail = {
    ...{ returnPath: sender.address, submitter: sender.account, recipients: [recipient], octets, facts },
    authentication: 'unchecked',
  } as const;
  return ruleFacts(mail, texts, { has: () => false }, Date.now());
}

/** Five of the words; or a domain that mails go to. */
function ruleOf(n: number, wordsPerRareOne: number): PublishedRule {
  const when =
    n % 100 < withoutWords
      ? { test: 'address', in: ['envelopeRecipient'], match: [`@partner${n}.example`] }
      : {
          test: 'text',
          in: ['subject', 'body'],
          words: [0, 1, 2, 3, 4].map((i) => wordOf(n * 7 + i * 97, wordsPerRareOne)),
        };
  const parsed = parseRule({
    name: `rule ${n}`,
    reason: 'the benchmark',
    owner: 'sender@bench.test',
    scope: { direction: 'sent' },
    when,
    actions: [{ do: 'refuse', text: 'Not this.' }],
  });
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return { id: `rule-${n}`, version: 1, rule: parsed.rule };
}

function wordOf(n: number, wordsPerRareOne: number): string {
  const number = n % words;
  return number % wordsPerRareOne === 0 ? vocabularyWord(3990 - number) : `contract${number}`;
}

function cpuMs<T>(into: number[], work: () => T): T {
  const startedAt = process.cpuUsage();
  const result = work();
  into.push(cpuSince(startedAt));
  return result;
}

function cpuSince(startedAt: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(startedAt);
  return (user + system) / 1000;
}

function heapOctets(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
