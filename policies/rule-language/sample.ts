/** Samples: short descriptions of mails that a rule must hit or pass before it is published. */
import { comparedAddress } from './address-pattern.ts';
import { type Problem, problemAt } from './problem.ts';
import type { Rule, SampleMail } from './rule.ts';
import type { Party, Roster, RuleFacts } from './rule-facts.ts';
import { RuleSet } from './rule-set.ts';

/** Nothing where every sample came out as it should. */
export function sampleProblems(rule: Rule, nowMs: number): Problem[] {
  const samples = rule.samples ?? [];
  const set = new RuleSet([{ id: '', version: 1, rule }]);
  return samples.flatMap(({ mail, expect }, i) => {
    const outcome = set.judge(sampleFacts(mail, rule.owner, nowMs)).parts[0]?.outcome ?? 'no';
    return outcome === expect
      ? []
      : [problemAt(['samples', i], `is ${wordOf(outcome)}, not ${wordOf(expect)}`)];
  });
}

function wordOf(outcome: string): string {
  return outcome === 'no' ? 'passed' : outcome;
}

export function sampleFacts(mail: SampleMail, owner: string, nowMs: number): RuleFacts {
  const here = new Set(mail.here ?? [domainOf(owner)]);
  const party = (address: string): Party => ({
    address,
    account: here.has(domainOf(address)) ? (comparedAddress(address) ?? address) : null,
  });
  const attachments = mail.attachments ?? [];
  return {
    nowMs: mail.at === undefined ? nowMs : Date.parse(mail.at),
    sender: party(mail.sender),
    recipients: mail.recipients.map(party),
    addresses: {
      from: [mail.from ?? mail.sender],
      sender: [],
      replyTo: [],
      to: mail.recipients,
      cc: [],
      bcc: [],
    },
    headerComplete: true,
    subject: mail.subject ?? '',
    headers: Object.entries(mail.headers ?? {}).map(([name, value]) => ({ name, value })),
    body: [{ part: '1', text: mail.body ?? '', complete: true }],
    attachmentTexts: attachments.map(({ text }, i) => ({
      part: `${i + 2}`,
      text: text ?? '',
      complete: true,
    })),
    attachments: attachments.map(({ name, type }, i) => ({
      part: `${i + 2}`,
      name,
      type: type ?? 'application/octet-stream',
    })),
    octets: mail.octets ?? Buffer.byteLength(mail.body ?? ''),
    authentication: mail.authentication ?? null,
    isEncrypted: mail.encrypted ?? false,
    isSigned: mail.signed ?? false,
    roster: sampleRoster,
  };
}

/** Accounts are addresses here, and belong to every group and department. */
const sampleRoster: Roster = {
  has(list, name, account) {
    if (list === 'people') return comparedAddress(name) === account;
    return list === 'domains' ? domainOf(account) === name.toLowerCase() : true;
  },
};

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
