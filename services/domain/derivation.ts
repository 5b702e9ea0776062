/**
 * What goes on of a mail that rules change: octets that follow from those that were accepted by recorded edits. What was
 * accepted stays as it is; who reads, approves or sends gets what was derived.
 */
import type { DraftEvent, JsonObject } from './event.ts';
import type { EventType } from './event-type.ts';
import type { Uuid } from './values.ts';

export const changeActions = ['tagSubject', 'appendDisclaimer'] as const;
export type ChangeAction = (typeof changeActions)[number];

/** Why a change was not made; the mail goes on without it. */
export const omissions = ['signed', 'encrypted', 'alreadyThere', 'noText', 'tooLarge'] as const;
export type Omission = (typeof omissions)[number];

export interface Change {
  readonly rule: Uuid;
  readonly version: number;
  readonly action: ChangeAction;
  readonly text: string;
}

export interface Derivation {
  readonly frame: Uuid;
  /** Of the derived blob; its address, hex. */
  readonly octets: number;
  readonly address: string;
  /** Hex. */
  readonly sha256: string;
  readonly edits: readonly { readonly at: number; readonly remove: number; readonly insert: string }[];
  readonly changes: readonly Change[];
}

export interface OmittedChange {
  readonly change: Change;
  readonly because: Omission;
}

export const derivationEvents = {
  MailDerived: {
    version: 1,
    means: 'Rules changed the mail: what goes on follows from what was accepted by the edits recorded here.',
    clear: {
      /** Of what was accepted: nothing else is stored. */
      frame: 'uuid',
      /** Of what goes on, as if it were a blob of its own. */
      address: 'digest',
      octets: 'integer',
      rules: 'uuids',
      ruleVersions: 'integers',
      /** How many of the changes tagged the subject; the others appended texts. */
      tags: 'integer',
    },
    personal: {
      sha256: 'SHA-256 of the derived blob, hex',
      edits:
        'places in the accepted blob: `at`, octets that go (`remove`), octets instead (`insert`, base64)',
      texts: 'for each of the rules what it put in',
    },
  },
  ChangeOmitted: {
    version: 1,
    means: 'A rule wanted the mail changed, and it was left as it is.',
    clear: {
      rule: 'uuid',
      ruleVersion: 'integer',
      action: 'oneOf:tagSubject|appendDisclaimer',
      because: 'oneOf:signed|encrypted|alreadyThere|noText|tooLarge',
    },
  },
} as const satisfies Readonly<Record<string, EventType>>;

export function deriveMail({ changes, sha256, edits, ...clear }: Derivation): DraftEvent {
  // Tags come first: the list of rules is read with their number.
  const ordered = changes.toSorted(
    (a, b) => Number(b.action === 'tagSubject') - Number(a.action === 'tagSubject'),
  );
  return {
    type: 'MailDerived',
    version: 1,
    data: {
      ...clear,
      rules: ordered.map(({ rule }) => rule),
      ruleVersions: ordered.map(({ version }) => version),
      tags: ordered.filter(({ action }) => action === 'tagSubject').length,
    },
    personal: { sha256, edits: edits as unknown as JsonObject[], texts: ordered.map(({ text }) => text) },
  };
}

export function omitChange({ change: { rule, version, action }, because }: OmittedChange): DraftEvent {
  return {
    type: 'ChangeOmitted',
    version: 1,
    data: { rule, ruleVersion: version, action, because },
    personal: null,
  };
}
