/** Whose mail a rule is about, and which recipients of a mail it concerns. */
import type { Uuid } from '../../services/domain/values.ts';
import type { Scope } from './rule.ts';
import { type Party, type Roster, type RuleFacts, rosterLists } from './rule-facts.ts';

/** Ordinals of the recipients concerned: none where the mail is out of scope. `missing`: names that are not here. */
export interface Concerned {
  readonly recipients: readonly number[];
  /** Whoever here the rule is about: as sender, as recipient. */
  readonly people: readonly Uuid[];
  readonly missing: readonly string[];
}

export class ScopeTest {
  /** The same for scopes that say the same. */
  readonly key: string;
  readonly #scope: Scope;
  readonly #isForEverybody: boolean;

  constructor(scope: Scope) {
    this.key = JSON.stringify(scope);
    this.#scope = scope;
    this.#isForEverybody = rosterLists.every((list) => scope[list] === undefined);
  }

  concerned({ sender, recipients, roster }: RuleFacts): Concerned {
    const { direction, traffic } = this.#scope;
    const missing = new Set<string>();
    const isSender = direction !== 'received' && this.#covers(sender, roster, missing);
    const asReceived = direction !== 'sent';
    const concerned: number[] = [];
    const people = new Set<Uuid>();
    for (const [ordinal, recipient] of recipients.entries()) {
      const isInternal = sender.account !== null && recipient.account !== null;
      if (traffic !== undefined && (traffic === 'internal') !== isInternal) continue;
      const isRecipient = asReceived && this.#covers(recipient, roster, missing);
      if (isSender || isRecipient) concerned.push(ordinal);
      if (isSender) people.add(sender.account!);
      if (isRecipient) people.add(recipient.account!);
    }
    return { recipients: concerned, people: [...people], missing: [...missing] };
  }

  #covers({ account }: Party, roster: Roster, missing: Set<string>): boolean {
    if (account === null) return false;
    if (this.#isForEverybody) return true;
    for (const list of rosterLists) {
      for (const name of this.#scope[list] ?? []) {
        const has = roster.has(list, name, account);
        if (has) return true;
        if (has === null) missing.add(name);
      }
    }
    return false;
  }
}
