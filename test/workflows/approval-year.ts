/** Approvals over a log in memory under a clock of their own: people, departments, a calendar, and whatever mail is held. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Action } from '../../policies/rule-language/rule-actions.ts';
import { combine } from '../../policies/rule-language/verdict.ts';
import { approvals } from '../../projections/approvals.ts';
import { ApprovalList } from '../../projections/approvals-queries.ts';
import { messageCounters } from '../../projections/message-counters.ts';
import { MessageCounters } from '../../projections/message-counters-queries.ts';
import { Projector } from '../../projections/projector.ts';
import { ApprovalDesk } from '../../services/approvals/approval-desk.ts';
import { Holding } from '../../services/approvals/holding.ts';
import { Reviewers } from '../../services/approvals/reviewers.ts';
import { nextReminder } from '../../services/approvals/working-time.ts';
import { Dispatcher } from '../../services/dispatch.ts';
import { type AccountCommand, account, type GrantedRole } from '../../services/domain/account.ts';
import { approvalId } from '../../services/domain/approval.ts';
import { acceptMessage, noJudgements } from '../../services/domain/message.ts';
import { type OrganisationCommand, organisation } from '../../services/domain/organisation.ts';
import { isRefusal } from '../../services/domain/refusals.ts';
import { type Uuid, uuidV7 } from '../../services/domain/values.ts';
import { MemoryEventStore } from '../../services/event-store/memory-event-store.ts';
import { SealedEventStore } from '../../services/event-store/sealed-event-store.ts';
import { MemoryKeyStore } from '../../services/key-store/memory-key-store.ts';
import { CarryOutApproval } from '../../services/workflows/carry-out-approval.ts';
import type { Reaction } from '../../services/workflows/reaction-runner.ts';
import { RequestApproval } from '../../services/workflows/request-approval.ts';
import { WatchApprovals } from '../../services/workflows/watch-approvals.ts';
import { uuidOf } from '../support/given-when-then.ts';

const house = uuidOf(77);
const octets = 'ab'.repeat(32);

export class ApprovalYear {
  nowMs: number;
  readonly approvals: ApprovalList;
  readonly counters: MessageCounters;
  readonly dispatcher: Dispatcher;
  readonly desk: ApprovalDesk;
  readonly reports: unknown[] = [];
  watch: WatchApprovals;
  readonly #reviewers: Reviewers;
  readonly #holding: Holding;
  readonly #sealed: SealedEventStore;
  readonly #projector: Projector;
  readonly #people = new Map<string, Uuid>();
  readonly #reactions: readonly Reaction[];
  /** Position of the last event that the reactions have seen. */
  #seen = -1;
  #mails = 0;

  static async open(t: TestContext, nowMs: number): Promise<ApprovalYear> {
    const folder = mkdtempSync(join(tmpdir(), 'muniment-year-'));
    const year = new ApprovalYear(folder, nowMs);
    await year.#projector.start();
    t.after(async () => {
      await year.#projector.close();
      rmSync(folder, { recursive: true });
    });
    return year;
  }

  private constructor(folder: string, nowMs: number) {
    this.nowMs = nowMs;
    this.#sealed = new SealedEventStore(new MemoryEventStore(), new MemoryKeyStore());
    this.dispatcher = new Dispatcher(this.#sealed, { epoch: 1 });
    this.#projector = new Projector(this.#sealed, folder, [approvals, messageCounters], { lingerMs: 0 });
    this.approvals = new ApprovalList(this.#projector.source('approvals'));
    this.counters = new MessageCounters(this.#projector.source('message-counters'));
    const { dispatcher } = this;
    const directory = { accountOfLogin: async (login: string) => this.#people.get(login) ?? null };
    this.#reviewers = new Reviewers({ dispatcher, directory, organisation: house });
    this.#holding = new Holding(dispatcher, house, this.#reviewers);
    this.desk = new ApprovalDesk({ dispatcher, reviewers: this.#reviewers, now: () => this.nowMs });
    const first = async (stream: string) => (await this.#sealed.readStream(stream, 0, 1))[0] ?? null;
    const filing = { releasing: () => {} };
    this.#reactions = [new RequestApproval(dispatcher), new CarryOutApproval({ dispatcher, filing, first })];
    this.watch = this.newWatch();
  }

  /** As another process has it: nothing in memory. */
  newWatch(): WatchApprovals {
    return new WatchApprovals({
      approvals: this.approvals,
      dispatcher: this.dispatcher,
      reviewers: this.#reviewers,
      nextReminderMs: async (nowMs) =>
        nextReminder(nowMs, (await this.dispatcher.load(organisation, house)).state.calendar),
      head: () => this.#sealed.head(),
      reached: (position, maxWaitMs) => this.#projector.reached('approvals', position, maxWaitMs),
      now: () => this.nowMs,
      report: (error) => this.reports.push(error),
    });
  }

  async person(name: string, roles: readonly GrantedRole[] = []): Promise<Uuid> {
    const id = uuidOf(1000 + this.#people.size);
    const open = {
      kind: 'open',
      domain: uuidOf(1),
      address: name,
      realName: name,
      quotaOctets: 0,
      verifier: null,
    } as const;
    await this.inAccount(id, { ...open, roles });
    this.#people.set(name, id);
    return id;
  }

  async inAccount(id: Uuid, command: AccountCommand): Promise<void> {
    const outcome = await this.dispatcher.dispatch(account, id, command, this.#context);
    if (isRefusal(outcome)) throw new Error(outcome.refused);
  }

  async inHouse(command: OrganisationCommand): Promise<void> {
    const outcome = await this.dispatcher.dispatch(organisation, house, command, this.#context);
    if (isRefusal(outcome)) throw new Error(outcome.refused);
  }

  /** A mail to one recipient elsewhere is accepted and held; the id of its approval. */
  async hold(submitter: Uuid, action: Action & { do: 'holdForApproval' | 'quarantine' }): Promise<Uuid> {
    const disposition = action.do === 'quarantine' ? 'quarantine' : 'hold';
    const part = {
      ...{ rule: uuidOf(5), version: 1, name: '合同', outcome: 'hit' as const, actions: [action] },
      disposition,
      ...{ recipients: [0], people: [], reasons: [], missing: [] },
    } as const;
    const hold = await this.#holding.holdOf(combine([part], 1), submitter, octets, this.nowMs);
    const message = uuidV7(this.nowMs, Buffer.from((++this.#mails).toString(16).padStart(20, '0'), 'hex'));
    const drafts = acceptMessage({
      ...{
        source: 'submission',
        frame: uuidOf(6),
        address: octets,
        blobOctets: 10,
        traceText: '',
        thread: uuidOf(7),
      },
      ...{
        submitter,
        normalised: false,
        recipients: [{ account: null, address: 'buyer@out.example' }],
        mailbox: null,
      },
      ...{ flags: 0, internalDateMs: this.nowMs, verdict: noJudgements, personal: {} },
      hold: hold!,
    });
    await this.dispatcher.appendResolved(`message-${message}`, 'absent', drafts, this.#context);
    await this.react();
    return approvalId(message);
  }

  decide(approval: Uuid, by: Uuid, kind: 'release' | 'return'): Promise<unknown> {
    return this.desk.decide(approval, { kind, octets, comment: 'seen' }, by, `account-${by}`);
  }

  /** What the reactions do of what is new in the log, until nothing is new. */
  async react(): Promise<void> {
    for (;;) {
      const events = await this.#sealed.readAll(this.#seen, 1000);
      if (events.length === 0) break;
      await this.#sealed.prepare(events);
      this.#seen = events.at(-1)!.position;
      for (const reaction of this.#reactions)
        await reaction.handle(events.filter(({ type }) => reaction.types.has(type)));
    }
    for (const name of ['approvals', 'message-counters'])
      await this.#projector.reached(name, await this.#sealed.head(), 10_000);
  }

  /** The clock shows that time, and whatever is due happens. */
  async at(nowMs: number): Promise<void> {
    this.nowMs = nowMs;
    await this.watch.catchUp();
    await this.react();
  }

  /** Types of everything in the log that ends a hold or says what follows, by mail. */
  async endings(): Promise<Map<string, string[]>> {
    const ends = new Map<string, string[]>();
    for (const event of await this.#sealed.readAll(-1, 1_000_000)) {
      const isEnd = /^(?:Approval(?:Decided|Lapsed|Withdrawn)|Recipients(?:Released|Returned))$/.test(
        event.type,
      );
      const message = (event.data['message'] as Uuid | undefined) ?? event.stream.slice('message-'.length);
      if (isEnd) ends.set(message, [...(ends.get(message) ?? []), event.type]);
    }
    return ends;
  }

  get #context() {
    return { actor: 'system', cause: null, now: this.nowMs } as const;
  }
}
