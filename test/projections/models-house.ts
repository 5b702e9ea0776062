/** The first models over a log in memory. What is appended is held against the catalogue. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessLog } from '../../projections/access-log.ts';
import { AccessLog } from '../../projections/access-log-queries.ts';
import { approvals } from '../../projections/approvals.ts';
import { ApprovalList } from '../../projections/approvals-queries.ts';
import { deliveries } from '../../projections/deliveries.ts';
import { Deliveries } from '../../projections/deliveries-queries.ts';
import { departments } from '../../projections/departments.ts';
import { DepartmentTree } from '../../projections/departments-queries.ts';
import { directory } from '../../projections/directory.ts';
import { Directory } from '../../projections/directory-queries.ts';
import { messageCounters } from '../../projections/message-counters.ts';
import { MessageCounters } from '../../projections/message-counters-queries.ts';
import { messageTrace } from '../../projections/message-trace.ts';
import { MessageTraces } from '../../projections/message-trace-queries.ts';
import { Projector } from '../../projections/projector.ts';
import { rules } from '../../projections/rules.ts';
import { RuleHistory } from '../../projections/rules-queries.ts';
import { submissions } from '../../projections/submissions.ts';
import { Submissions } from '../../projections/submissions-queries.ts';
import { supervisionList } from '../../projections/supervision.ts';
import { SupervisionList } from '../../projections/supervision-queries.ts';
import { checkDraft } from '../../services/domain/check-draft.ts';
import { categoryOf, type DraftEvent, type LoggedEvent } from '../../services/domain/event.ts';
import { MemoryLog } from './memory-log.ts';

const models = [
  directory,
  departments,
  messageTrace,
  accessLog,
  approvals,
  messageCounters,
  deliveries,
  rules,
  submissions,
  supervisionList,
];

export class ModelsHouse {
  readonly log = new MemoryLog();
  readonly directory: Directory;
  readonly departments: DepartmentTree;
  readonly traces: MessageTraces;
  readonly accessLog: AccessLog;
  readonly counters: MessageCounters;
  readonly approvals: ApprovalList;
  readonly deliveries: Deliveries;
  readonly rules: RuleHistory;
  readonly submissions: Submissions;
  readonly supervision: SupervisionList;
  /** What the list of supervision takes for now. */
  nowMs = 0;
  readonly #projector: Projector;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#projector = new Projector(this.log, folder, models, { lingerMs: 0 });
    this.directory = new Directory(this.#projector.source('directory'));
    this.departments = new DepartmentTree(this.#projector.source('departments'));
    this.traces = new MessageTraces(this.#projector.source('message-trace'));
    this.accessLog = new AccessLog(this.#projector.source('access-log'));
    this.counters = new MessageCounters(this.#projector.source('message-counters'));
    this.approvals = new ApprovalList(this.#projector.source('approvals'));
    this.deliveries = new Deliveries(this.#projector.source('deliveries'));
    this.rules = new RuleHistory(this.#projector.source('rules'));
    this.submissions = new Submissions(this.#projector.source('submissions'));
    this.supervision = new SupervisionList(this.#projector.source('supervision'), () => this.nowMs);
  }

  static async open(): Promise<ModelsHouse> {
    const house = new ModelsHouse(mkdtempSync(join(tmpdir(), 'muniment-models-')));
    await house.#projector.start();
    return house;
  }

  append(stream: string, ...drafts: readonly DraftEvent[]): LoggedEvent[] {
    return this.appendAt(1_700_000_000_000 + this.log.events.length, stream, ...drafts);
  }

  appendAt(at: number, stream: string, ...drafts: readonly DraftEvent[]): LoggedEvent[] {
    for (const draft of drafts) assert.deepEqual(checkDraft(categoryOf(stream), draft), []);
    return this.log.appendAt(at, stream, ...drafts);
  }

  /** Waits until the models have everything; none of them may have met poison. */
  async settled(): Promise<void> {
    for (const { name } of models) {
      assert.ok(await this.#projector.reached(name, this.log.position, 10_000), name);
      assert.deepEqual(this.#projector.poison(name), []);
    }
  }

  /** Every model says the same when it is made anew. */
  async assertRebuildsAlike(): Promise<void> {
    await this.settled();
    this.log.lockKeys();
    for (const { name } of models)
      assert.deepEqual((await this.#projector.rebuild(name)).differing, [], name);
  }

  async close(): Promise<void> {
    await this.#projector.close();
    rmSync(this.#folder, { recursive: true });
  }
}
