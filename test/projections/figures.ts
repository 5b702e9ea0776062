/**
 * Figures of the projections, by hand: `bin/node test/projections/figures.ts`. One JSON line per measure.
 *
 * rebuild: a log of mails, filings, flag changes and reads on the embedded engine, replayed by each projection;
 * select: one mailbox of a million messages, opened by a process that has never seen it, its file not in memory.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { accessLog } from '../../projections/access-log.ts';
import { directory } from '../../projections/directory.ts';
import { MailboxRebuild } from '../../projections/mailbox-rebuild.ts';
import { MailboxModel } from '../../projections/mailboxes.ts';
import { messageCounters } from '../../projections/message-counters.ts';
import { messageTrace } from '../../projections/message-trace.ts';
import { ProjectionRun } from '../../projections/projection-run.ts';
import type { DraftEvent } from '../../services/domain/event.ts';
import { mailstoreLimits, standardMailboxes } from '../../services/domain/mailstore.ts';
import { fileMessages } from '../../services/domain/mailstore-messages.ts';
import { findMailbox, openMailstore } from '../../services/domain/mailstore-naming.ts';
import {
  emptyMailstore,
  evolveMailstore,
  type MailstoreState,
} from '../../services/domain/mailstore-state.ts';
import { acceptMessage, noJudgements } from '../../services/domain/message.ts';
import { isRefusal } from '../../services/domain/refusals.ts';
import { sessionDraft } from '../../services/domain/session.ts';
import { SealedEventStore } from '../../services/event-store/sealed-event-store.ts';
import { newEventId } from '../../services/identifiers.ts';
import { MemoryKeyStore } from '../../services/key-store/memory-key-store.ts';
import { loggedEvents } from '../support/logged-events.ts';
import { openSqliteEngine } from '../support/sqlite-engine.ts';
import { newFiling } from './mailbox-house.ts';

const nowMs = 1_700_000_000_000;
const never = new AbortController().signal;

function print(measure: string, figures: Record<string, number>): void {
  const rounded = Object.entries(figures).map(([name, value]) => [name, Math.round(value * 10) / 10]);
  process.stdout.write(`${JSON.stringify({ measure, ...Object.fromEntries(rounded) })}\n`);
}

/** Wall and CPU time of one piece of work. */
async function timed(work: () => Promise<void>): Promise<{ seconds: number; cpuSeconds: number }> {
  const startedAtMs = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - startedAtMs) / 1000, cpuSeconds: (user + system) / 1e6 };
}

function newMailstore(account: string): { state: MailstoreState; drafts: DraftEvent[] } {
  const state = emptyMailstore(account, () => {
    throw new Error('nothing is stored');
  });
  const drafts = openMailstore(
    account,
    standardMailboxes.map(() => newEventId()),
    nowMs,
  );
  take(state, drafts);
  return { state, drafts };
}

function take(state: MailstoreState, drafts: readonly DraftEvent[]): void {
  const stream = `mailstore-${state.account}`;
  for (const event of loggedEvents(drafts, { stream, firstRevision: state.revision + 1 }))
    evolveMailstore(state, event);
}

function fileOne(state: MailstoreState, message: string): DraftEvent[] {
  const drafts = fileMessages(state, [newFiling({ message })]);
  if (isRefusal(drafts)) throw new Error(drafts.refused);
  take(state, drafts);
  return drafts;
}

/** Mails to accounts in turn; every second one is read and flagged. Returns how many events there are. */
async function writeLog(store: SealedEventStore, accounts: number, mailsEach: number): Promise<number> {
  let events = 0;
  const append = async (stream: string, first: number, drafts: readonly DraftEvent[]): Promise<void> => {
    for (let from = 0; from < drafts.length; from += 200) {
      const some = drafts.slice(from, from + 200);
      const context = {
        ids: some.map(() => newEventId()),
        epoch: 1,
        at: nowMs,
        actor: 'system',
        cause: null,
      } as const;
      await store.appendDrafts(stream, first + from === 0 ? 'absent' : first + from - 1, some, context);
      events += some.length;
    }
  };
  for (let a = 0; a < accounts; a++) {
    const account = newEventId();
    const { state, drafts: filed } = newMailstore(account);
    const read: DraftEvent[] = [
      sessionDraft('SessionOpened', { account, protocol: 'imap' }, { peer: '192.0.2.1', program: '' }),
    ];
    const accepting: Promise<void>[] = [];
    const inbox = findMailbox(state, 'INBOX')!;
    for (let m = 0; m < mailsEach; m++) {
      const message = newEventId();
      accepting.push(append(`message-${message}`, 0, mailDrafts(account, m)));
      filed.push(...fileOne(state, message));
      if (m % 2 === 0) continue;
      const uids = [inbox.uidNext - 1, inbox.uidNext - 1];
      const flagged: DraftEvent = {
        type: 'FlagsChanged',
        version: 1,
        data: { mailbox: inbox.id, uids, clear: 0, set: 1 },
        personal: null,
      };
      take(state, [flagged]);
      filed.push(flagged);
      read.push(sessionDraft('MessagesRead', { mailbox: inbox.id, owner: account, items: 'body', uids }));
    }
    await Promise.all([
      ...accepting,
      append(`mailstore-${account}`, 0, filed),
      append(`session-${newEventId()}`, 0, read),
    ]);
  }
  return events;
}

function mailDrafts(account: string, n: number): DraftEvent[] {
  return acceptMessage({
    source: 'smtp',
    frame: newEventId(),
    address: 'a'.repeat(64),
    blobOctets: 9000,
    traceText: 'Return-Path: <buyer@outside.example>\r\n'.repeat(8),
    thread: newEventId(),
    submitter: null,
    normalised: false,
    recipients: [{ account, address: `user${n}@acme.example` }],
    mailbox: null,
    flags: 0,
    internalDateMs: nowMs,
    verdict: noJudgements,
    personal: {
      sha256: 'b'.repeat(64),
      returnPath: `buyer${n % 500}@outside.example`,
      peer: '192.0.2.1',
      helo: 'mx.outside.example',
      subject: `Offer ${n}`,
      from: ['buyer@outside.example'],
      to: ['wang@acme.example'],
      messageId: `${n}@outside.example`,
      dateMs: nowMs,
    },
  });
}

async function measureRebuilds(accounts: number, mailsEach: number): Promise<void> {
  const engine = await openSqliteEngine();
  const keys = new MemoryKeyStore();
  const events = await writeLog(new SealedEventStore(engine.store, keys), accounts, mailsEach);
  // Events that are known from their append would cost nothing to read.
  const store = await engine.restart();
  const log = new SealedEventStore(store, keys);
  const head = await log.head();
  const rebuild = await MailboxRebuild.open(log, join(engine.folder, 'mailboxes.sqlite'));
  const mailboxes = await timed(() => rebuild.to(head, never));
  rebuild.close();
  print('rebuild mailboxes', { events, ...mailboxes, eventsPerSecond: events / mailboxes.seconds });
  for (const projection of [messageTrace, messageCounters, accessLog, directory]) {
    const run = new ProjectionRun(projection, join(engine.folder, `${projection.name}.sqlite`));
    const fresh = new SealedEventStore(store, keys);
    const figures = await timed(() => run.catchUp(fresh, head, never));
    run.close();
    print(`rebuild ${projection.name}`, { events, ...figures, eventsPerSecond: events / figures.seconds });
  }
  await engine.close();
}

function writeMillion(path: string, rows: number): string {
  const account = newEventId();
  const { state } = newMailstore(account);
  const model = new MailboxModel(path);
  for (let filed = 0; filed < rows; filed += mailstoreLimits.maxFiledPerEvent) {
    const count = Math.min(mailstoreLimits.maxFiledPerEvent, rows - filed);
    const drafts = fileMessages(
      state,
      Array.from({ length: count }, () => newFiling({ flags: 1 })),
    );
    if (isRefusal(drafts)) throw new Error(drafts.refused);
    take(state, drafts);
  }
  model.store([state], null);
  model.close();
  return account;
}

/** In a process of its own: what SELECT needs of a mailbox, as the session's view begins with all UIDs. */
function selectCold(path: string, account: string): void {
  const model = new MailboxModel(path);
  const before = process.memoryUsage().rss;
  const startedAtMs = performance.now();
  const cpu = process.cpuUsage();
  const inbox = findMailbox(model.load(account), 'INBOX')!;
  const loadedAtMs = performance.now();
  const uids = inbox.rows.allUids();
  const firstUnseen = inbox.rows.firstUnseenUid();
  const ms = performance.now() - startedAtMs;
  const { user, system } = process.cpuUsage(cpu);
  const megabytes = (process.memoryUsage().rss - before) / 1e6;
  print('cold SELECT', {
    rows: uids.length,
    firstUnseen,
    loadMs: loadedAtMs - startedAtMs,
    ms,
    cpuMs: (user + system) / 1000,
    megabytes,
  });
}

function measureSelect(rows: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'muniment-figures-'));
  const path = join(folder, 'mailboxes.sqlite');
  const account = writeMillion(path, rows);
  print('file of the mailbox', { rows, megabytes: statSync(path).size / 1e6 });
  for (const isCold of [true, true, true, false]) {
    // Asks the system to forget the file: a first opening after a restart of the machine.
    if (isCold) execFileSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
    execFileSync(process.execPath, [fileURLToPath(import.meta.url), 'select', path, account], {
      stdio: 'inherit',
    });
  }
  rmSync(folder, { recursive: true });
}

const [what, ...given] = process.argv.slice(2);
if (what === 'select') selectCold(given[0]!, given[1]!);
else {
  measureSelect(1_000_000);
  await measureRebuilds(200, 300);
}
