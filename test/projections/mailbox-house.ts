/** Mailstores in memory, their file and the projector between them, over a log in memory. */
import { join } from 'node:path';
import { digestMailstore } from '../../projections/mailbox-digest.ts';
import { MailboxProjector } from '../../projections/mailbox-projector.ts';
import { MailboxModel } from '../../projections/mailboxes.ts';
import type { DraftEvent } from '../../services/domain/event.ts';
import type { MailstoreCommand } from '../../services/domain/mailstore-commands.ts';
import type { Filing } from '../../services/domain/mailstore-messages.ts';
import { findMailbox } from '../../services/domain/mailstore-naming.ts';
import type { Mailbox, MailstoreState } from '../../services/domain/mailstore-state.ts';
import { WrongExpectedRevision } from '../../services/event-store/event-store.ts';
import { newEventId } from '../../services/identifiers.ts';
import { type MailstoreLog, Mailstores } from '../../services/mailstores/mailstores.ts';
import type { MemoryLog } from './memory-log.ts';

const context = { actor: 'system', cause: null, now: 1_700_000_000_000 } as const;

export class MailboxHouse {
  readonly log: MemoryLog;
  readonly path: string;
  readonly model: MailboxModel;
  readonly mailstores: Mailstores;
  readonly projector: MailboxProjector;
  readonly faults: unknown[] = [];

  private constructor(log: MemoryLog, path: string, model: MailboxModel, flushIntervalMs: number) {
    this.log = log;
    this.path = path;
    this.model = model;
    this.mailstores = new Mailstores(mailstoreLog(log), model);
    const onFault = (_: string, error: unknown) => this.faults.push(error);
    this.projector = new MailboxProjector(log, model, this.mailstores, {
      flushIntervalMs,
      retryMs: 5,
      onFault,
    });
  }

  /** Opens what the folder holds and follows the log. */
  static async open(log: MemoryLog, folder: string, flushIntervalMs = 5): Promise<MailboxHouse> {
    const path = join(folder, 'mailboxes.sqlite');
    const house = new MailboxHouse(log, path, await MailboxModel.open(path, log), flushIntervalMs);
    await house.projector.start();
    return house;
  }

  async close(): Promise<void> {
    await this.projector.close();
    this.model.close();
  }

  async run(account: string, command: MailstoreCommand): Promise<void> {
    await this.mailstores.execute(account, command, context);
  }

  file(account: string, count: number, over: Partial<Filing> = {}): Promise<void> {
    return this.run(account, { kind: 'file', filings: Array.from({ length: count }, () => newFiling(over)) });
  }

  async mailbox(account: string, path: string): Promise<Mailbox> {
    const found = findMailbox(await this.mailstores.open(account), path);
    if (!found) throw new Error(`no mailbox ${path}`);
    return found;
  }

  /** Everything that has been appended is in memory and in the file. */
  async settled(): Promise<void> {
    while ((await this.projector.health()).lagPositions > 0)
      await new Promise((resolve) => setTimeout(resolve, 1));
    await this.projector.flush();
  }

  /** Digests of the state in memory; what was expunged before is in the file. */
  async digestOfMemory(account: string): Promise<Record<string, string>> {
    return digestOf(await this.mailstores.open(account), this.model);
  }

  digestOfFile(account: string): Promise<Record<string, string>> {
    return digestOf(this.model.load(account), this.model);
  }
}

export async function digestOf(state: MailstoreState, model: MailboxModel): Promise<Record<string, string>> {
  return Object.fromEntries(await digestMailstore(state, (mailbox) => model.expungedSince(mailbox, 0)));
}

let causes = 0;

export function newFiling(over: Partial<Filing> = {}): Filing {
  return {
    message: newEventId(),
    mailbox: null,
    sizeOctets: 1000 + (causes % 977),
    dateMs: 1_700_000_000_000 + causes,
    flags: 0,
    thread: newEventId(),
    causeEpoch: 1,
    causePosition: ++causes,
    ...over,
  };
}

/** Few, so that streams are longer than a page. */
const eventsPerPage = 7;

export function mailstoreLog(log: MemoryLog): MailstoreLog {
  return {
    readPage: async (stream, fromRevision) => {
      const events = await log.readStream(stream, fromRevision, eventsPerPage);
      await log.prepare(events);
      return events;
    },
    append: async (stream, expected, drafts: readonly DraftEvent[]) => {
      const actual = log.lastRevision(stream);
      const wanted = expected === 'absent' ? -1 : expected;
      if (actual !== wanted)
        throw new WrongExpectedRevision(stream, expected, actual < 0 ? 'absent' : actual);
      const events = log.append(stream, ...drafts);
      await log.prepare(events);
      return events;
    },
  };
}
