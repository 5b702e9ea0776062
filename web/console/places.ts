/** Where one can be in the console, and for whom each place is: `#/queue`, `#/messages/<id>`. Pure but for `go`. */
import type { IconName } from '../elements/icon.ts';
import type { ConsoleMessages } from '../i18n/console-en.ts';

export type PlaceName =
  | 'health'
  | 'people'
  | 'rules'
  | 'queue'
  | 'messages'
  | 'accesses'
  | 'ledger'
  | 'own-accesses'
  | 'security';

export interface Place {
  readonly name: PlaceName;
  readonly label: keyof ConsoleMessages;
  readonly picture: IconName;
  /** Roles that may; null: everybody. */
  readonly roles: readonly string[] | null;
}

const both = ['administrator', 'auditor'];

export const places: readonly Place[] = [
  { name: 'health', label: 'health', picture: 'check', roles: both },
  { name: 'people', label: 'people', picture: 'person', roles: both },
  { name: 'rules', label: 'rules', picture: 'settings', roles: both },
  { name: 'queue', label: 'queue', picture: 'sent', roles: both },
  { name: 'messages', label: 'messages', picture: 'search', roles: both },
  { name: 'accesses', label: 'accesses', picture: 'eye', roles: ['auditor'] },
  { name: 'ledger', label: 'ledger', picture: 'archive', roles: both },
  { name: 'own-accesses', label: 'ownAccesses', picture: 'eye', roles: null },
  { name: 'security', label: 'security', picture: 'person', roles: null },
];

export function placesFor(roles: readonly string[]): readonly Place[] {
  return places.filter((place) => place.roles === null || place.roles.some((role) => roles.includes(role)));
}

export interface Where {
  readonly place: PlaceName | null;
  /** Id of what is shown of it. */
  readonly id: string | null;
}

export function parseWhere(hash: string): Where {
  const [, name, id = null] = /^#\/([a-z-]+)(?:\/([\w-]+))?$/.exec(hash) ?? [];
  return { place: places.find((place) => place.name === name)?.name ?? null, id };
}

export function whereText(place: PlaceName, id: string | null = null): string {
  return `#/${place}${id === null ? '' : `/${id}`}`;
}

export function go(place: PlaceName, id: string | null = null): void {
  location.hash = whereText(place, id);
}
