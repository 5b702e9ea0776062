/** What a rule would say of a mail that somebody brings: nothing is published, sent or kept. */
import { type Place, textsAt } from '../../policies/rule-language/mail-view.ts';
import type { Rule } from '../../policies/rule-language/rule.ts';
import type { Party, RuleFacts } from '../../policies/rule-language/rule-facts.ts';
import { RuleSet } from '../../policies/rule-language/rule-set.ts';
import type { VerdictPart } from '../../policies/rule-language/verdict.ts';
import type { ScannedMail, Scanner } from '../blob-store/scanner-port.ts';
import type { Rosters } from '../directory/roster.ts';
import { ruleFacts } from './rule-facts.ts';
import type { TextReader } from './text-reader.ts';

export interface TriedMail {
  readonly octets: Uint8Array;
  /** Null: as the header says. */
  readonly sender: string | null;
  readonly recipients: readonly string[] | null;
  /** Otherwise the sender has signed in. */
  readonly isFromOutside: boolean;
}

export interface Tried {
  /** Null where the rule says nothing of it. */
  readonly part: VerdictPart | null;
  /** Addresses of the recipients that it is about. */
  readonly recipients: readonly string[];
  /** What stands before and behind a place that a reason names; empty where it stands in no text. */
  around(place: Place): { readonly before: string; readonly after: string };
}

/** A larger mail would be kept in a file while it is looked at. */
export const maxTriedOctets = 7 * 1024 * 1024;
/** Shown before and behind what was found. */
const maxAroundCharacters = 40;

export interface RuleTrialParts {
  readonly scanner: Pick<Scanner, 'begin'>;
  readonly texts: TextReader;
  readonly rosters: Pick<Rosters, 'of' | 'membersOf'>;
}

export class RuleTrial {
  readonly #parts: RuleTrialParts;

  constructor(parts: RuleTrialParts) {
    this.#parts = parts;
  }

  async try(rule: Rule, mail: TriedMail): Promise<Tried> {
    const { texts, rosters } = this.#parts;
    const set = new RuleSet([{ id: '', version: 1, rule }]);
    const scanned = await this.#scan(mail.octets);
    const { from, to, cc, bcc } = scanned.facts;
    const sender = mail.sender ?? from[0]?.address ?? '';
    const inHeader = [...to, ...cc, ...bcc].map(({ address }) => address);
    const facts = ruleFacts(
      {
        returnPath: sender,
        submitter: mail.isFromOutside ? null : ((await accountsOf(rosters, sender))[0] ?? null),
        recipients: await partiesOf(rosters, mail.recipients ?? inHeader),
        octets: scanned.octets,
        facts: scanned.facts,
        authentication: null,
      },
      await texts.read(scanned, set.wanted),
      await rosters.of(set.names),
      Date.now(),
    );
    const [part = null] = set.judge(facts).parts;
    const concerned = part?.recipients.map((ordinal) => facts.recipients[ordinal]!.address) ?? [];
    return { part, recipients: concerned, around: (place) => textAround(facts, place) };
  }

  async #scan(octets: Uint8Array): Promise<ScannedMail> {
    const scan = this.#parts.scanner.begin();
    await scan.write(octets);
    return scan.finish();
  }
}

function textAround(facts: RuleFacts, place: Place): { before: string; after: string } {
  const text = textsAt(facts, place.in)?.find(({ part }) => part === place.part)?.text ?? '';
  const { start, end } = place;
  return {
    before: text.slice(Math.max(0, start - maxAroundCharacters), start),
    after: text.slice(end, end + maxAroundCharacters),
  };
}

/** Accounts that mail to the address goes to; none where it is elsewhere. */
export async function accountsOf(rosters: Pick<Rosters, 'membersOf'>, address: string): Promise<string[]> {
  const person = await rosters.membersOf('people', address);
  const members = person ?? (await rosters.membersOf('groups', address));
  return [...(members ?? [])];
}

/** One for each account that the address leads to, or for the address elsewhere. */
export async function partiesOf(
  rosters: Pick<Rosters, 'membersOf'>,
  addresses: readonly string[],
): Promise<Party[]> {
  const parties: Party[] = [];
  for (const address of addresses) {
    const accounts: (string | null)[] = await accountsOf(rosters, address);
    for (const account of accounts.length === 0 ? [null] : accounts) parties.push({ address, account });
  }
  return parties;
}
