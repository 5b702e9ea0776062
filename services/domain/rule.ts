/**
 * Stream `rule-<uuid>`: one rule through its versions. What a rule says is data that `policies/rule-language` reads; here
 * it is a sealed text with a digest. Who asks for a version has compiled it and tried its samples before.
 */
import { defineEvents } from './event-type.ts';
import { type Aggregate, type Decision, drafterOf, type FactOf, sealedText } from './fact.ts';
import { refuse } from './refusals.ts';

export const ruleEvents = defineEvents({
  RulePublished: {
    version: 1,
    means: 'A version of a rule came into force, or will at its start; the version before it ended.',
    clear: {
      /** From 1, without gaps. */
      version: 'integer',
      /** SHA-256 of the text. */
      digest: 'digest',
      start: 'time?',
      end: 'time?',
      /** Samples that came out as they should. */
      samples: 'integer',
      /** The version whose text was taken up again. */
      restores: 'integer?',
    },
    personal: { text: 'the rule in its canonical form (docs/rules.md)' },
  },
  RuleWithdrawn: {
    version: 1,
    means: 'A rule was taken out of force.',
    clear: { version: 'integer' },
    personal: { reason: 'why' },
  },
  RuleFailed: {
    version: 1,
    means:
      'A version of a rule broke while it judged a mail, which was not let through. Said once of each version.',
    clear: { version: 'integer' },
  },
});

export interface RuleVersion {
  /** Canonical. */
  readonly text: string;
  /** Hex of SHA-256. */
  readonly digest: string;
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly samples: number;
}

export type RuleCommand =
  | {
      readonly kind: 'publish';
      readonly version: RuleVersion;
      /** The earlier version that it is the text of. */
      readonly restores: number | null;
      readonly nowMs: number;
    }
  | { readonly kind: 'withdraw'; readonly reason: string }
  | { readonly kind: 'noteFailure'; readonly version: number };

export interface RuleState {
  status: 'absent' | 'published' | 'withdrawn';
  /** Of the last version; 0 where there is none. */
  version: number;
  digest: string;
  /** Of the last version; null where its key has been destroyed. */
  text: string | null;
  startMs: number | null;
  endMs: number | null;
  /** The last version that broke. */
  failedVersion: number;
}

const draft = drafterOf(ruleEvents);

function decide(state: RuleState, command: RuleCommand): Decision {
  switch (command.kind) {
    case 'publish':
      return decidePublish(state, command);
    case 'withdraw':
      if (state.status === 'absent') return refuse('ruleNotFound');
      if (state.status === 'withdrawn') return { events: [] };
      return { events: [draft('RuleWithdrawn', { version: state.version }, { reason: command.reason })] };
    case 'noteFailure':
      if (command.version !== state.version || command.version === state.failedVersion) return { events: [] };
      return { events: [draft('RuleFailed', { version: command.version })] };
  }
}

function decidePublish(
  state: RuleState,
  { version, restores, nowMs }: RuleCommand & { kind: 'publish' },
): Decision {
  const { text, digest, startMs: start, endMs: end, samples } = version;
  if (end !== null && end <= nowMs) return refuse('ruleEnded');
  if (state.status === 'published' && state.digest === digest) return { events: [] };
  const clear = { version: state.version + 1, digest, start, end, samples, restores };
  return { events: [draft('RulePublished', clear, { text })] };
}

function evolve(state: RuleState, { type, data, personal }: FactOf<typeof ruleEvents>): RuleState {
  switch (type) {
    case 'RulePublished':
      state.status = 'published';
      state.version = data.version;
      state.digest = data.digest;
      state.text = sealedText(personal, 'text');
      state.startMs = data.start;
      state.endMs = data.end;
      break;
    case 'RuleWithdrawn':
      state.status = 'withdrawn';
      break;
    case 'RuleFailed':
      state.failedVersion = data.version;
      break;
  }
  return state;
}

export const rule: Aggregate<RuleState, RuleCommand> = {
  category: 'rule',
  initial: (): RuleState => ({
    status: 'absent',
    version: 0,
    digest: '',
    text: null,
    startMs: null,
    endMs: null,
    failedVersion: 0,
  }),
  decide,
  evolve,
};
