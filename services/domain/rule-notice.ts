/** Whom a rule tells of a mail: settled when the mail is taken over or refused, in the stream of the mail. */
import type { DraftEvent } from './event.ts';
import type { EventType } from './event-type.ts';
import type { Uuid } from './values.ts';

export interface RuleNotice {
  readonly rule: Uuid;
  readonly version: number;
  readonly name: string;
  readonly text: string;
  /** The nil UUID where the reader is elsewhere. */
  readonly accounts: readonly Uuid[];
  /** For each of them. */
  readonly addresses: readonly string[];
}

export const noticeEvents = {
  NoticeRequired: {
    version: 1,
    means: 'A rule has people told of the mail; who they are is settled here.',
    clear: {
      rule: 'uuid',
      ruleVersion: 'integer',
      /** For each reader the account, or the nil UUID where it is elsewhere. */
      accounts: 'uuids',
    },
    personal: {
      name: 'name of the rule',
      text: 'what the rule says to them',
      addresses: 'for each reader the address',
    },
  },
} as const satisfies Readonly<Record<string, EventType>>;

export function requireNotice({ rule, version, name, text, accounts, addresses }: RuleNotice): DraftEvent {
  return {
    type: 'NoticeRequired',
    version: 1,
    data: { rule, ruleVersion: version, accounts },
    personal: { name, text, addresses },
  };
}
