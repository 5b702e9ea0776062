/**
 * The keys under which a domain signs its outgoing mail (DKIM). One set is a key of each algorithm and their selectors;
 * a new one waits until its records are published, then takes over from the one before, which is kept for a while.
 */
import { defineEvents } from './event-type.ts';
import { type Decision, drafterOf, type FactOf, sealedText } from './fact.ts';
import { refuse } from './refusals.ts';
import type { Uuid } from './values.ts';

export const dkimEvents = defineEvents({
  DkimKeysMade: {
    version: 1,
    means: 'Keys were made under which a domain can sign its mail; they wait for their DNS records.',
    clear: { keys: 'uuid', rsa: 'publicKey', ed25519: 'publicKey' },
    personal: {
      selector: 'beginning of both selectors',
      privateRsa: 'PKCS #8, sealed under the key store’s key of this set (docs/formats.md §DKIM keys)',
      privateEd25519: 'the same of the other key',
    },
  },
  DkimKeysSwitched: {
    version: 1,
    means:
      'From here on mail of the domain is signed under these keys; those before them are kept until then.',
    clear: { keys: 'uuid', because: 'oneOf:published|request', keepUntil: 'time' },
  },
  DkimKeysEnded: {
    version: 1,
    means: 'Keys are signed under no more, and their private parts are destroyed.',
    clear: { keys: 'uuid' },
  },
});

export interface DkimKeySet {
  readonly keys: Uuid;
  /** SubjectPublicKeyInfo, base64. */
  readonly rsa: string;
  readonly ed25519: string;
  /** Sealed under the domain's own key; null once that is destroyed. */
  readonly selector: string | null;
  readonly privateRsa: string | null;
  readonly privateEd25519: string | null;
  status: 'waiting' | 'signing' | 'retired' | 'ended';
  /** Of a retired set: it is needed no longer than this. */
  keepUntil: number;
}

/** In the order in which they were made. */
export type DkimKeySets = Map<Uuid, DkimKeySet>;

export type DkimCommand =
  | {
      readonly kind: 'makeDkimKeys';
      /** Whether there may be others that sign: the first ones of a domain, or the next. */
      readonly isRotation: boolean;
      readonly keys: Uuid;
      readonly rsa: string;
      readonly ed25519: string;
      readonly selector: string;
      readonly privateRsa: string;
      readonly privateEd25519: string;
    }
  | {
      readonly kind: 'switchDkimKeys';
      readonly keys: Uuid;
      readonly because: 'published' | 'request';
      readonly keepUntil: number;
    }
  | { readonly kind: 'endDkimKeys'; readonly keys: Uuid };

const draft = drafterOf(dkimEvents);

export function setOf(sets: DkimKeySets, status: DkimKeySet['status']): DkimKeySet | undefined {
  return [...sets.values()].find((set) => set.status === status);
}

export function decideDkim(sets: DkimKeySets, command: DkimCommand): Decision {
  if (command.kind === 'makeDkimKeys') return decideMaking(sets, command);
  const set = sets.get(command.keys);
  if (!set || set.status === 'ended') return refuse('dkimKeysNotFound');
  if (command.kind === 'endDkimKeys') return { events: [draft('DkimKeysEnded', { keys: set.keys })] };
  if (set.status === 'signing') return { events: [] };
  const { keys, because, keepUntil } = command;
  return { events: [draft('DkimKeysSwitched', { keys, because, keepUntil })] };
}

function decideMaking(sets: DkimKeySets, command: DkimCommand & { kind: 'makeDkimKeys' }): Decision {
  if (setOf(sets, 'waiting')) return refuse('dkimKeysWaiting');
  if (setOf(sets, 'signing') && !command.isRotation) return refuse('dkimKeysExist');
  if (!setOf(sets, 'signing') && command.isRotation) return refuse('dkimKeysNotFound');
  const { keys, rsa, ed25519, selector, privateRsa, privateEd25519 } = command;
  return {
    events: [draft('DkimKeysMade', { keys, rsa, ed25519 }, { selector, privateRsa, privateEd25519 })],
  };
}

export function evolveDkim(sets: DkimKeySets, { type, data, personal }: FactOf<typeof dkimEvents>): void {
  switch (type) {
    case 'DkimKeysMade':
      sets.set(data.keys, {
        ...data,
        selector: sealedText(personal, 'selector'),
        privateRsa: sealedText(personal, 'privateRsa'),
        privateEd25519: sealedText(personal, 'privateEd25519'),
        status: 'waiting',
        keepUntil: 0,
      });
      break;
    case 'DkimKeysSwitched': {
      const before = setOf(sets, 'signing');
      if (before) Object.assign(before, { status: 'retired', keepUntil: data.keepUntil });
      sets.get(data.keys)!.status = 'signing';
      break;
    }
    case 'DkimKeysEnded':
      sets.get(data.keys)!.status = 'ended';
      break;
  }
}
