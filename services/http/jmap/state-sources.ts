/** What there are states of, how each is read, and what tells that it may be another (RFC 8620 §1.6.2, §7.1). */
import type { SupervisionList } from '../../../projections/supervision-queries.ts';
import type { Identities } from '../../directory/identities.ts';
import { stateOf } from './identity-methods.ts';
import { type MailAccount, stateText } from './mail-account.ts';
import type { Sending } from './sending.ts';

export interface StateSource {
  /** One state stands for all of them. */
  readonly types: readonly string[];
  state(account: MailAccount): Promise<string>;
  /** Calls `listener` when the state may have changed; the returned function ends it. */
  watch(account: MailAccount, listener: () => void): () => void;
}

/** What somebody is to review; JMAP has no such type, and a client that does not know it passes it over. */
export interface SupervisionStates extends Pick<SupervisionList, 'lastChanged'> {
  /** Calls `listener` when supervised mail changed, whoever's; the returned function ends it. */
  watch(listener: () => void): () => void;
}

interface SourceParts {
  readonly supervision: SupervisionStates;
  readonly sending: Pick<Sending, 'submissions' | 'watchSubmissions' | 'watchDirectory'>;
  readonly identities: Pick<Identities, 'list' | 'watch'>;
}

export function stateSources({ sending, identities, supervision }: SourceParts): readonly StateSource[] {
  return [
    {
      types: ['Email', 'Mailbox', 'Thread'],
      state: async (account) => stateText(await account.state()),
      watch: (account, listener) => account.watch(listener),
    },
    {
      types: ['EmailSubmission'],
      state: async ({ account }) => String(sending.submissions.lastChanged(account)),
      watch: (_, listener) => sending.watchSubmissions(listener),
    },
    {
      types: ['Supervision'],
      state: async ({ account }) => String(supervision.lastChanged(account)),
      // That others' mail is supervised is nobody's to learn.
      watch: ({ account }, listener) => {
        let known = supervision.lastChanged(account);
        return supervision.watch(() => {
          const now = supervision.lastChanged(account);
          if (now === known) return;
          known = now;
          listener();
        });
      },
    },
    {
      types: ['Identity'],
      state: async ({ permits }) => stateOf(await identities.list(permits.send)),
      watch: ({ account }, listener) => {
        const stops = [
          identities.watch((owner) => owner === account && listener()),
          sending.watchDirectory(listener),
        ];
        return () => {
          for (const stop of stops) stop();
        };
      },
    },
  ];
}
