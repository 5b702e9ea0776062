import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FetchPlan } from './fetch-plan.ts';
import { rowText } from './row-text.ts';
import type { Session } from './session.ts';

/** Rows written before others get their turn. */
const rowsPerTurn = 10_000;

/** Answers a FETCH that asks for nothing but rows. Returns how many messages are gone. */
export async function fetchRows(
  session: Session,
  plan: FetchPlan,
  numbers: readonly number[],
): Promise<number> {
  const writer = new RowWriter(session, plan);
  for (let i = 0; i < numbers.length; i += 2) {
    let number = numbers[i]!;
    while (number <= numbers[i + 1]! && !session.connection.isGone) {
      number = writer.write(number, numbers[i + 1]!);
      if (writer.isDue) await writer.rest();
    }
  }
  return writer.missing;
}

class RowWriter {
  missing = 0;
  readonly #session: Session;
  readonly #plan: FetchPlan;
  readonly #text: ReturnType<typeof rowText>;
  #rowsLeft = rowsPerTurn;

  constructor(session: Session, plan: FetchPlan) {
    this.#session = session;
    this.#plan = plan;
    this.#text = rowText(session, plan.rowItems);
  }

  get isDue(): boolean {
    return this.#rowsLeft <= 0;
  }

  /** Lets others run and waits for the peer. The mailbox may change meanwhile. */
  async rest(): Promise<void> {
    this.#rowsLeft = rowsPerTurn;
    await this.#session.connection.out.room();
    await nextTurn();
  }

  /** Writes messages from `first` to at most `last`, in one turn; returns the number behind the last one written. */
  write(first: number, last: number): number {
    const { view, connection } = this.#session;
    const { rows } = view.mailbox;
    const changedSince = this.#plan.changedSince ?? -1;
    let number = first;
    for (const place of rows.between(view.numbers.uidAt(first), view.numbers.uidAt(last))) {
      const uid = rows.uidAt(place);
      for (; view.numbers.uidAt(number) < uid; number++) this.missing++;
      if (rows.modseqAt(place) > changedSince)
        connection.out.text(`* ${number} FETCH (${this.#text(place, uid)})\r\n`);
      number++;
      if (--this.#rowsLeft === 0) return number;
    }
    this.missing += last + 1 - number;
    return last + 1;
  }
}
