/** Mail for elsewhere: from its submission until one fast next hop has taken it, in turn with Postfix. */
import { BenchServer, password, userOf } from '../bench-server.ts';
import { type Bench, type Figures, type Measure, median, realisticMails, scaled } from '../measure.ts';
import { PostfixRelay } from '../postfix-relay.ts';
import { treeCpuSeconds } from '../process-figures.ts';
import { SmtpDriver } from '../smtp-driver.ts';
import { SmtpSink } from '../smtp-sink.ts';

const mailsPerTurn = 400;
const turns = 3;
const connections = 20;

export const sendOnMeasures: readonly Measure[] = [{ name: 'send_on', take: sendingOn }];

interface Relay {
  readonly port: number;
  readonly pid: number;
  /** Who submits on the connection of that number; null: nobody signs in. */
  readonly user: ((connection: number) => string) | null;
}

interface Turn {
  readonly perSecond: number;
  readonly cpuMsPerMail: number | null;
}

async function sendingOn(bench: Bench): Promise<Figures> {
  const sink = await SmtpSink.start();
  // Each password costs the import 30 to 40 ms: no more users than there are connections.
  const server = await BenchServer.make({ MUNIMENT_RELAY_URL: `smtp://127.0.0.1:${sink.port}` }, connections);
  const postfix = await PostfixRelay.start(sink.port);
  try {
    await server.start();
    const ours: Relay = { port: server.ports.submission, pid: server.pid, user: (n) => userOf(n + 1) };
    const theirs = postfix && { port: postfix.port, pid: postfix.pid, user: null };
    const taken: Record<'ours' | 'theirs', Turn[]> = { ours: [], theirs: [] };
    // The first turn of each is not counted: passwords are verified, programs and pages are read.
    for (let turn = 0; turn <= turns; turn++) {
      const mails = realisticMails(scaled(bench, mailsPerTurn), bench.run());
      const own = await sendAll(ours, mails, sink);
      const peer = theirs && (await sendAll(theirs, mails, sink));
      if (turn > 0) taken.ours.push(own);
      if (turn > 0 && peer) taken.theirs.push(peer);
    }
    return figuresOf(taken.ours, taken.theirs);
  } finally {
    await server.remove();
    postfix?.stop();
    sink.close();
  }
}

async function sendAll({ port, pid, user }: Relay, mails: readonly Buffer[], sink: SmtpSink): Promise<Turn> {
  const drivers: SmtpDriver[] = [];
  for (let n = 0; n < connections; n++) {
    const smtp = await SmtpDriver.open(port);
    if (user) await smtp.signIn(user(n), password);
    drivers.push(smtp);
  }
  const wanted = sink.taken + mails.length;
  const cpuBefore = treeCpuSeconds(pid);
  const startedAt = performance.now();
  let next = 0;
  const work = async (smtp: SmtpDriver): Promise<void> => {
    for (let n = next++; n < mails.length; n = next++)
      await smtp.send('reader@elsewhere.example', from(smtp.sender, mails[n]!));
    smtp.close();
  };
  await Promise.all(drivers.map(work));
  await sink.until(wanted);
  const elapsedMs = performance.now() - startedAt;
  const cpu = cpuBefore === null ? null : treeCpuSeconds(pid)! - cpuBefore;
  return {
    perSecond: (mails.length / elapsedMs) * 1000,
    cpuMsPerMail: cpu === null ? null : (cpu * 1000) / mails.length,
  };
}

/** From is the first field of the workload's mails; who has signed in sends under their own address only. */
function from(address: string, mail: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`From: <${address}>`), mail.subarray(mail.indexOf('\r\n'))]);
}

function figuresOf(ours: readonly Turn[], theirs: readonly Turn[]): Figures {
  const rate = (turns: readonly Turn[]): number | null =>
    turns.length === 0 ? null : median(turns.map(({ perSecond }) => perSecond));
  const cpu = (turns: readonly Turn[]): number | null =>
    turns.length === 0 ? null : median(turns.map(({ cpuMsPerMail }) => cpuMsPerMail ?? 0));
  const [own, peer] = [rate(ours)!, rate(theirs)];
  return {
    turns: ours.length,
    perSecond: own,
    cpuMsPerMail: cpu(ours),
    postfixPerSecond: peer,
    postfixCpuMsPerMail: cpu(theirs),
    ratio: peer === null ? null : own / peer,
  };
}
