/**
 * Whom rules tell of a mail: people by address, whoever sent it, or the leader over whoever's mail it is. Settled out of the
 * states that decide when the mail is taken over or refused; `workflows/notify-by-rule.ts` writes to them.
 */
import type { Action } from '../../policies/rule-language/rule-actions.ts';
import type { Verdict, VerdictPart } from '../../policies/rule-language/verdict.ts';
import { sealable } from '../accepted-facts.ts';
import type { Directory } from '../directory/directory.ts';
import type { Dispatcher } from '../dispatch.ts';
import { account } from '../domain/account.ts';
import { leadersOver } from '../domain/departments.ts';
import { nilUuid, type ResolvedRecipient } from '../domain/message.ts';
import { organisation } from '../domain/organisation.ts';
import type { RuleNotice } from '../domain/rule-notice.ts';
import type { Uuid } from '../domain/values.ts';

/** What the intake asks. */
export interface MailNotices {
  /** Empty where no rule has anybody told. */
  noticesOf(verdict: Verdict, submitter: Uuid | null): Promise<RuleNotice[]>;
}

export interface RuleNoticesParts {
  readonly dispatcher: Pick<Dispatcher, 'load'>;
  readonly directory: Pick<Directory, 'resolve'>;
  readonly organisation: Uuid;
}

type Notify = Extract<Action, { do: 'notify' }>;

/** Of one notice: it stands in one event. */
const maxReaders = 500;

export class RuleNotices implements MailNotices {
  readonly #parts: RuleNoticesParts;

  constructor(parts: RuleNoticesParts) {
    this.#parts = parts;
  }

  async noticesOf({ parts }: Verdict, submitter: Uuid | null): Promise<RuleNotice[]> {
    const notices: RuleNotice[] = [];
    for (const part of parts) {
      for (const action of part.actions) {
        if (action.do !== 'notify') continue;
        const readers = await this.#readers(action, part, submitter);
        if (readers.length > 0) notices.push(noticeOf(part, action, readers));
      }
    }
    return notices;
  }

  /** Whether a rule may name somebody so: `sender`, `leader`, or any address that is not a missing one of ours. */
  async isKnown(name: string): Promise<boolean> {
    if (name === 'sender' || name === 'leader') return true;
    const { kind } = await this.#parts.directory.resolve(name);
    return kind !== 'unknown' && kind !== 'invalid';
  }

  /** Each once. A sender elsewhere is never written to: the address may be anybody's. */
  async #readers(
    { to }: Notify,
    { people }: VerdictPart,
    submitter: Uuid | null,
  ): Promise<ResolvedRecipient[]> {
    const readers = new Map<string, ResolvedRecipient>();
    for (const name of to) {
      const found =
        name === 'sender'
          ? await this.#person(submitter)
          : name === 'leader'
            ? await this.#leaders(submitter === null ? people : [submitter])
            : await this.#named(name);
      for (const reader of found) readers.set(reader.account ?? reader.address, reader);
    }
    return [...readers.values()].slice(0, maxReaders);
  }

  async #named(name: string): Promise<ResolvedRecipient[]> {
    const resolution = await this.#parts.directory.resolve(name);
    if (resolution.kind === 'remote') return [{ account: null, address: name }];
    if (resolution.kind !== 'local') return [];
    return resolution.recipients.map(({ account: id }) => ({ account: id, address: name }));
  }

  async #leaders(people: readonly Uuid[]): Promise<ResolvedRecipient[]> {
    const { dispatcher, organisation: id } = this.#parts;
    const { departments } = (await dispatcher.load(organisation, id)).state;
    const found: ResolvedRecipient[] = [];
    for (const person of people) {
      for (const leader of leadersOver(departments, person)) {
        const [reader] = await this.#person(leader);
        if (!reader) continue;
        found.push(reader);
        break;
      }
    }
    return found;
  }

  async #person(id: Uuid | null): Promise<ResolvedRecipient[]> {
    if (id === null) return [];
    const { status, address } = (await this.#parts.dispatcher.load(account, id)).state;
    return status === 'active' && address !== null ? [{ account: id, address }] : [];
  }
}

function noticeOf(
  { rule, version, name }: VerdictPart,
  { text }: Notify,
  readers: ResolvedRecipient[],
): RuleNotice {
  return {
    rule,
    version,
    name: sealable(name),
    text: text.toWellFormed(),
    accounts: readers.map((reader) => reader.account ?? nilUuid),
    addresses: readers.map(({ address }) => address),
  };
}
