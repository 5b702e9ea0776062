/** Whom one may write to here: `/api/directory`. It is asked while somebody types, and gives nobody a list of all. */
import { isToBeFound } from '../../../policies/access.ts';
import type { Handlers } from './api-call.ts';
import type { ApiHouse } from './api-parts.ts';
import type { peopleFinderRoutes } from './contract/people-finder.ts';

/** A letter alone begins half of all names. */
const minLetters = 2;
const maxFound = 8;
/** Some of them may not be offered. */
const maxLookedAt = 5 * maxFound;

export const peopleFinderHandlers: Handlers<typeof peopleFinderRoutes> = {
  async findPeople({ query }, { directory, settle }) {
    const search = query.search.trim();
    if (/^[\x20-\x7e]*$/.test(search) && search.length < minLetters) return { items: [] };
    await settle();
    return { items: [...peopleLike(search, directory), ...groupsLike(search, directory)].slice(0, maxFound) };
  },
};

function peopleLike(search: string, directory: ApiHouse['directory']) {
  return directory
    .like(search, maxLookedAt)
    .filter(isToBeFound)
    .map(({ realName, address }) => ({ name: realName, address }));
}

function groupsLike(search: string, directory: ApiHouse['directory']) {
  const wanted = search.toLowerCase();
  return directory
    .groups()
    .filter(({ group }) => group.toLowerCase().startsWith(wanted))
    .map(({ group }) => ({ name: '', address: group }));
}
