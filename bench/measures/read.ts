/** One mailbox of 10,000 messages as clients read it, and POP3. */
import { password, userOf } from '../bench-server.ts';
import {
  type Bench,
  type Figures,
  fillInbox,
  login,
  type Measure,
  median,
  percentile,
  scaled,
  users,
} from '../measure.ts';
import { retrieveAll } from '../pop3-driver.ts';
import { SeededRandom } from '../sequence.ts';

const bigMessages = 10_000;
const listHeaders =
  'FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM TO SUBJECT DATE MESSAGE-ID)]';

export const readMeasures: readonly Measure[] = [
  { name: 'imap_login', take: logins },
  { name: 'select_big', take: selects },
  { name: 'flags_all', take: (bench) => fetchAll(bench, 'FLAGS') },
  { name: 'envelope_all', take: (bench) => fetchAll(bench, 'ENVELOPE') },
  { name: 'bodystructure', take: (bench) => fetchAll(bench, 'BODYSTRUCTURE') },
  { name: 'headers', take: (bench) => fetchAll(bench, listHeaders) },
  { name: 'body_1000', take: bodies },
  { name: 'pop3_retr', take: pop3 },
];

async function bigInbox(bench: Bench): Promise<void> {
  await fillInbox(bench, users.big, scaled(bench, bigMessages));
}

async function logins(bench: Bench): Promise<Figures> {
  const count = scaled(bench, 300);
  const startedAt = performance.now();
  for (let i = 0; i < count; i++) (await login(bench, users.big)).close();
  return { logins: count, perSecond: (count / (performance.now() - startedAt)) * 1000 };
}

async function selects(bench: Bench): Promise<Figures> {
  await bigInbox(bench);
  const imap = await login(bench, users.big);
  const elapsed: number[] = [];
  let messages = 0;
  for (let i = 0; i < 20; i++) {
    const startedAt = performance.now();
    messages = await imap.select('INBOX');
    elapsed.push(performance.now() - startedAt);
  }
  imap.close();
  return { messages, p50Ms: median(elapsed), firstMs: elapsed[0]! };
}

/** `firstMs` is the first in this session; the first of all where no measure has read the same before. */
async function fetchAll(bench: Bench, items: string): Promise<Figures> {
  await bigInbox(bench);
  const imap = await login(bench, users.big);
  const messages = await imap.select('INBOX');
  const elapsed: number[] = [];
  for (let i = 0; i < 4; i++) elapsed.push((await imap.run(`FETCH 1:* (${items})`)).elapsedMs);
  imap.close();
  return { messages, firstMs: elapsed[0]!, warmMs: median(elapsed.slice(1)) };
}

async function bodies(bench: Bench): Promise<Figures> {
  await bigInbox(bench);
  const count = scaled(bench, 1000);
  const imap = await login(bench, users.big);
  const messages = await imap.select('INBOX');
  const random = new SeededRandom(5);
  const elapsed: number[] = [];
  const startedAt = performance.now();
  for (let i = 0; i < count; i++)
    elapsed.push((await imap.run(`FETCH ${random.below(messages) + 1} (BODY.PEEK[])`)).elapsedMs);
  const totalMs = performance.now() - startedAt;
  imap.close();
  return {
    bodies: count,
    perSecond: (count / totalMs) * 1000,
    p50Ms: percentile(elapsed, 0.5),
    p99Ms: percentile(elapsed, 0.99),
  };
}

async function pop3(bench: Bench): Promise<Figures> {
  await fillInbox(bench, users.pop3, scaled(bench, 1000));
  const rates: number[] = [];
  let messages = 0;
  for (let i = 0; i < 3; i++) {
    const startedAt = performance.now();
    ({ messages } = await retrieveAll(bench.server.ports.pop3, userOf(users.pop3), password));
    rates.push((messages / (performance.now() - startedAt)) * 1000);
  }
  return { messages, perSecond: median(rates) };
}
