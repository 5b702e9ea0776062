/** The first start writes the mail of the weeks before; one that was cut off is taken up where it stopped. */
import { progressLine } from '../cli/progress-line.ts';
import { type Copy, copiesOf, hasCopy, type ImportingHouse, importCopy } from './import-past.ts';
import { writePast } from './past.ts';
import { everybody, isWithPartner } from './people.ts';
import { welcomeLetters } from './welcome.ts';

export interface Houses {
  readonly firm: ImportingHouse;
  readonly partner: ImportingHouse;
}

/** The welcome comes last: where it is, everything is. */
export async function isPastMade({ firm }: Houses): Promise<boolean> {
  const last = welcomeLetters(Date.now()).flatMap(copiesOf).at(-1)!;
  return hasCopy(firm, last);
}

/** Each mailbox in the order of its dates, all of them at once. `tell`: a line for whoever waits. */
export async function makePast(houses: Houses, tell: (line: string) => void): Promise<void> {
  const nowMs = Date.now();
  const copies = writePast(nowMs).flatMap(copiesOf);
  tell(`The first start of the demonstration writes ${copies.length} mails of the last weeks …`);
  const progress = progressLine();
  let done = 0;
  const bring = async (copy: Copy): Promise<void> => {
    await importCopy(isWithPartner(copy.owner) ? houses.partner : houses.firm, copy, nowMs);
    progress.show(++done, copies.length, 'Invented mail');
  };
  await Promise.all(
    everybody.map((name) =>
      inTurn(
        copies.filter(({ owner }) => owner === name),
        bring,
      ),
    ),
  );
  progress.clear();
  for (const copy of welcomeLetters(nowMs).flatMap(copiesOf)) await importCopy(houses.firm, copy, nowMs);
}

async function inTurn(copies: readonly Copy[], bring: (copy: Copy) => Promise<void>): Promise<void> {
  for (const copy of copies) await bring(copy);
}
