/** Whom one writes with: those that one's last sent mails went to come before those that one had mail from. */
import { ApiProblem, ask } from '../../api/calls.ts';
import type { Address, Mailbox } from '../email.ts';
import type { Jmap } from '../jmap.ts';

interface Known {
  readonly person: Address;
  weight: number;
}

/** The last mails of each mailbox that are looked at. */
const mailsLookedAt = 200;
const weightOf = { sent: 3, inbox: 1 } as const;
/** Behind everybody whom one has written with. */
const directoryWeight = 0.5;

export class KnownPeople {
  readonly #known = new Map<string, Known>();
  readonly #lookedUp = new Set<string>();

  add(person: Address, weight: number): void {
    const key = person.email.toLowerCase();
    const held = this.#known.get(key);
    if (!held) this.#known.set(key, { person, weight });
    else
      this.#known.set(key, { person: held.person.name ? held.person : person, weight: held.weight + weight });
  }

  /** Those whose name or address begins with it first; none where nothing is typed. */
  matching(typed: string, limit: number): Address[] {
    const wanted = typed.trim().toLowerCase();
    if (wanted === '') return [];
    const found = [...this.#known.values()].flatMap((each) => {
      const rank = rankOf(each.person, wanted);
      return rank === null ? [] : [{ ...each, rank }];
    });
    found.sort((a, b) => a.rank - b.rank || b.weight - a.weight);
    return found.slice(0, limit).map(({ person }) => person);
  }

  /**
   * Asks the directory of the house, once for each beginning; true where it knew somebody new. Without an answer one types
   * addresses whole.
   */
  async lookUp(typed: string): Promise<boolean> {
    const search = typed.trim();
    if (search === '' || this.#lookedUp.has(search)) return false;
    this.#lookedUp.add(search);
    const before = this.#known.size;
    try {
      const { items } = await ask('GET /api/directory', { query: { search } });
      for (const { name, address } of items)
        this.add({ name: name || null, email: address }, directoryWeight);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      this.#lookedUp.delete(search);
    }
    return this.#known.size > before;
  }

  /** Without them one types addresses whole: a failure is none for the writer. */
  async learn(jmap: Jmap, mailboxes: readonly Mailbox[]): Promise<void> {
    for (const [role, weight] of Object.entries(weightOf)) {
      const mailbox = mailboxes.find((each) => each.role === role);
      if (mailbox) await this.#learnFrom(jmap, mailbox, weight);
    }
  }

  async #learnFrom(jmap: Jmap, { id, role }: Mailbox, weight: number): Promise<void> {
    const fields = role === 'sent' ? (['to', 'cc', 'bcc'] as const) : (['from'] as const);
    const [, got] = await jmap.calls(
      [
        'Email/query',
        {
          filter: { inMailbox: id },
          sort: [{ property: 'receivedAt', isAscending: false }],
          limit: mailsLookedAt,
        },
      ],
      [
        'Email/get',
        { '#ids': { resultOf: '0', name: 'Email/query', path: '/ids' }, properties: [...fields] },
      ],
    );
    for (const mail of got!['list'] as Readonly<Record<string, readonly Address[] | null>>[])
      for (const field of fields) for (const person of mail[field] ?? []) this.add(person, weight);
  }
}

function rankOf({ name, email }: Address, wanted: string): number | null {
  const [called, address] = [(name ?? '').toLowerCase(), email.toLowerCase()];
  if (called.startsWith(wanted) || address.startsWith(wanted)) return 0;
  if (called.split(/[\s,.]+/).some((word) => word.startsWith(wanted))) return 1;
  if (called.includes(wanted)) return 2;
  const [, domain = ''] = address.split('@');
  return address.includes(wanted) || domain.startsWith(wanted) ? 3 : null;
}
