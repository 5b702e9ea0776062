/** STORE, APPEND, and fifty clients that do a little of everything. */
import type { ImapDriver } from '../imap-driver.ts';
import {
  type Bench,
  type Figures,
  fillInbox,
  login,
  loginAll,
  type Measure,
  percentile,
  realisticMails,
  scaled,
  users,
} from '../measure.ts';
import { SeededRandom } from '../sequence.ts';

const mixedSeconds = 12;
const mixedMessages = 200;
const listHeaders =
  'UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM TO SUBJECT DATE MESSAGE-ID)]';

export const changeMeasures: readonly Measure[] = [
  { name: 'store_1000', take: stores },
  { name: 'append', take: appends },
  { name: 'mixed50', take: mixed },
];

async function stores(bench: Bench): Promise<Figures> {
  await fillInbox(bench, users.big, scaled(bench, 10_000));
  const count = scaled(bench, 1000);
  const imap = await login(bench, users.big);
  const messages = await imap.select('INBOX');
  const random = new SeededRandom(6);
  const startedAt = performance.now();
  for (let i = 0; i < count; i++)
    await imap.run(`STORE ${random.below(messages) + 1} ${i % 2 === 0 ? '+' : '-'}FLAGS (\\Flagged)`);
  const perSecond = (count / (performance.now() - startedAt)) * 1000;
  imap.close();
  return { stores: count, perSecond };
}

async function appends(bench: Bench): Promise<Figures> {
  const mails = realisticMails(scaled(bench, 1000), bench.run());
  const imap = await login(bench, users.big);
  const startedAt = performance.now();
  for (const mail of mails) await imap.append('Archive', mail);
  const perSecond = (mails.length / (performance.now() - startedAt)) * 1000;
  imap.close();
  return { mails: mails.length, perSecond };
}

async function mixed(bench: Bench): Promise<Figures> {
  const numbers = Array.from({ length: users.mixed }, (_, i) => users.firstMixed + i);
  for (const user of numbers) await fillInbox(bench, user, scaled(bench, mixedMessages));
  const drafts = realisticMails(500, bench.run());
  const clients = await loginAll(bench, numbers);
  const elapsed: number[] = [];
  const startedAt = performance.now();
  const endAt = startedAt + mixedSeconds * 1000;
  await Promise.all(
    clients.map((imap, i) => workUntil(endAt, imap, new SeededRandom(i * 77 + 1), drafts, elapsed)),
  );
  const totalMs = performance.now() - startedAt;
  for (const imap of clients) imap.close();
  return {
    operations: elapsed.length,
    perSecond: (elapsed.length / totalMs) * 1000,
    p50Ms: percentile(elapsed, 0.5),
    p99Ms: percentile(elapsed, 0.99),
  };
}

type Act = (
  imap: ImapDriver,
  messages: number,
  random: SeededRandom,
  drafts: readonly Buffer[],
) => Promise<unknown>;

/** Shares in percent. */
const acts: readonly (readonly [number, Act])[] = [
  [35, (imap, messages, random) => imap.run(`FETCH ${random.below(messages) + 1} (BODY.PEEK[])`)],
  [15, (imap, messages) => imap.run(`FETCH ${Math.max(1, messages - 49)}:${messages} (${listHeaders})`)],
  [
    15,
    (imap, messages, random) => imap.run(`STORE ${random.below(messages) + 1} ${sign(random)}FLAGS (\\Seen)`),
  ],
  [10, (imap) => imap.run('STATUS Drafts (MESSAGES UNSEEN)')],
  [5, (imap) => imap.run('SEARCH SUBJECT kari')],
  [5, (imap, _, random, drafts) => imap.append('Drafts', drafts[random.below(drafts.length)]!)],
  [10, (imap) => imap.run('NOOP')],
  [5, (imap) => imap.select('INBOX')],
];

function sign(random: SeededRandom): string {
  return random.next() < 0.5 ? '+' : '-';
}

async function workUntil(
  endAt: number,
  imap: ImapDriver,
  random: SeededRandom,
  drafts: readonly Buffer[],
  elapsed: number[],
): Promise<void> {
  const messages = await imap.select('INBOX');
  while (performance.now() < endAt) {
    let left = random.below(100);
    const [, act] = acts.find(([share]) => {
      left -= share;
      return left < 0;
    })!;
    const startedAt = performance.now();
    await act(imap, messages, random, drafts);
    elapsed.push(performance.now() - startedAt);
  }
}
