/** What became of the mails that one has sent (RFC 8621 §7): asked for those that are shown, and again when told. */
import type { Jmap } from '../jmap.ts';
import { type RecipientDelivery, recipientDelivery, type SubmissionObject } from './recipient-delivery.ts';

export interface Submission {
  readonly id: string;
  readonly emailId: string;
  readonly sendAt: string;
  readonly recipients: readonly RecipientDelivery[];
}

const properties = ['emailId', 'sendAt', 'envelope', 'deliveryStatus', 'muniment:deliveryDetails'];

export class Submissions {
  readonly #jmap: Jmap;
  readonly #onChange: () => void;
  readonly #onFailure: (error: unknown) => void;
  /** By the mail; an empty list: it was not sent from here. */
  readonly #ofEmail = new Map<string, readonly Submission[]>();
  #asked: ReadonlySet<string> = new Set();

  constructor(jmap: Jmap, onChange: () => void, onFailure: (error: unknown) => void) {
    this.#jmap = jmap;
    this.#onChange = onChange;
    this.#onFailure = onFailure;
  }

  /** Newest first; empty as long as nothing is known. */
  of(emailId: string): readonly Submission[] {
    return this.#ofEmail.get(emailId) ?? [];
  }

  /** Sees to it that these are known, and only these are kept. */
  look(emailIds: readonly string[]): void {
    const lacking = emailIds.filter((id) => !this.#asked.has(id));
    this.#asked = new Set(emailIds);
    if (lacking.length > 0) void this.#fetch(lacking);
  }

  /** Something became of some of them. */
  refresh(): void {
    if (this.#asked.size > 0) void this.#fetch([...this.#asked]);
  }

  async #fetch(emailIds: readonly string[]): Promise<void> {
    try {
      const [, got] = await this.#jmap.calls(
        [
          'EmailSubmission/query',
          { filter: { emailIds }, sort: [{ property: 'sentAt', isAscending: false }] },
        ],
        [
          'EmailSubmission/get',
          { '#ids': { resultOf: '0', name: 'EmailSubmission/query', path: '/ids' }, properties },
        ],
      );
      this.#take(emailIds, got!['list'] as SubmissionObject[]);
    } catch (error) {
      this.#onFailure(error);
    }
  }

  #take(emailIds: readonly string[], list: readonly SubmissionObject[]): void {
    const found = list.map((each) => ({
      id: each.id,
      emailId: each.emailId,
      sendAt: each.sendAt,
      recipients: each.envelope.rcptTo.map(({ email }) => recipientDelivery(email, each)),
    }));
    for (const id of emailIds)
      this.#ofEmail.set(
        id,
        found.filter(({ emailId }) => emailId === id).sort((a, b) => (a.sendAt < b.sendAt ? 1 : -1)),
      );
    this.#onChange();
  }
}
