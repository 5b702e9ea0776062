/** SMTP until the mail is visible in IMAP, and the moment between `250` and EXISTS. */
import { setTimeout as sleep } from 'node:timers/promises';
import { userOf } from '../bench-server.ts';
import { mailOf } from '../corpus.ts';
import {
  type Bench,
  type Figures,
  login,
  loginAll,
  type Measure,
  percentile,
  realisticMails,
  scaled,
  users,
} from '../measure.ts';
import { SmtpDriver } from '../smtp-driver.ts';

const pollMs = 5;
const gapMs = 100;
const tenKilobytes = 10_240;

export const deliverMeasures: readonly Measure[] = [
  {
    name: 'smtp_real_multi',
    take: (bench) => deliver(bench, realisticMails(scaled(bench, 2000), bench.run()), 20),
  },
  { name: 'smtp_10k_multi', take: (bench) => deliver(bench, tenKilobyteMails(bench, 4000), 20) },
  { name: 'smtp_10k_1conn', take: (bench) => deliver(bench, tenKilobyteMails(bench, 1000), 1) },
  { name: 'idle', take: idle },
];

function tenKilobyteMails(bench: Bench, count: number): Buffer[] {
  const run = bench.run();
  return Array.from({ length: scaled(bench, count) }, (_, n) => mailOf(n, tenKilobytes, run));
}

/** All mails over so many connections to the 98 targets in turn. */
async function deliver(bench: Bench, mails: readonly Buffer[], connections: number): Promise<Figures> {
  const watchers = await loginAll(
    bench,
    Array.from({ length: users.targets }, (_, i) => i + 1),
  );
  const before = await Promise.all(watchers.map((imap) => imap.messages('INBOX')));
  const latencies: number[] = [];
  let next = 0;
  const startedAt = performance.now();
  const work = async (): Promise<void> => {
    const smtp = await SmtpDriver.open(bench.server.ports.smtp);
    for (let n = next++; n < mails.length; n = next++)
      latencies.push(await smtp.send(userOf((n % users.targets) + 1), mails[n]!));
    smtp.close();
  };
  await Promise.all(Array.from({ length: connections }, work));
  const acceptedMs = performance.now() - startedAt;
  for (const [i, imap] of watchers.entries()) {
    const wanted = before[i]! + Math.ceil((mails.length - i) / users.targets);
    while ((await imap.messages('INBOX')) < wanted) await sleep(pollMs);
    imap.close();
  }
  const deliveredMs = performance.now() - startedAt;
  return {
    mails: mails.length,
    meanOctets: mails.reduce((sum, mail) => sum + mail.length, 0) / mails.length,
    acceptedPerSecond: (mails.length / acceptedMs) * 1000,
    deliveredPerSecond: (mails.length / deliveredMs) * 1000,
    reply250P50Ms: percentile(latencies, 0.5),
    reply250P99Ms: percentile(latencies, 0.99),
  };
}

async function idle(bench: Bench): Promise<Figures> {
  const mails = tenKilobyteMails(bench, 50);
  const imap = await login(bench, users.idle);
  await imap.select('INBOX');
  await imap.idle();
  const smtp = await SmtpDriver.open(bench.server.ports.smtp);
  const latencies: number[] = [];
  for (const mail of mails) {
    const exists = imap.untilExists();
    await smtp.send(userOf(users.idle), mail);
    const repliedAt = performance.now();
    await exists;
    latencies.push(performance.now() - repliedAt);
    await sleep(gapMs);
  }
  smtp.close();
  imap.close();
  return {
    mails: mails.length,
    existsP50Ms: percentile(latencies, 0.5),
    existsP99Ms: percentile(latencies, 0.99),
  };
}
