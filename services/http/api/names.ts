/** Who is meant by an id, in words that people know. */
import type { Directory } from '../../../projections/directory-queries.ts';
import type { Actor } from '../../domain/event.ts';
import { Refused, refuse } from '../../domain/refusals.ts';
import type { Uuid } from '../../domain/values.ts';

export interface Named {
  readonly address: string;
  readonly realName: string;
}

/** Looks each account up once. */
export class Names {
  readonly #directory: Pick<Directory, 'account'>;
  readonly #known = new Map<Uuid, Named>();

  constructor(directory: Pick<Directory, 'account'>) {
    this.#directory = directory;
  }

  /** Both are empty where they have been erased. */
  of(account: Uuid): Named {
    const known = this.#known.get(account);
    if (known) return known;
    const { address = '', realName = '' } = this.#directory.account(account) ?? {};
    this.#known.set(account, { address, realName });
    return { address, realName };
  }

  /** The address of an account; `operator`, `peer` and `system` as they are. */
  ofActor(actor: Actor | string): string {
    return actor.startsWith('account-') ? this.of(actor.slice('account-'.length)).address : actor;
  }
}

/** The account of an address that somebody typed; throws `Refused`. */
export function accountAt(directory: Pick<Directory, 'accounts'>, address: string): Uuid {
  const wanted = address.toLowerCase();
  const found = directory
    .accounts({ search: wanted })
    .rows.find((row) => row.address.toLowerCase() === wanted);
  if (!found) throw new Refused(refuse('accountNotFound', address));
  return found.account;
}
