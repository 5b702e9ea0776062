/**
 * Engines to services. What listens is in `doors.ts`; here is everything that works whether or not somebody listens,
 * so that a verb without a server has it too.
 */
import { join } from 'node:path';
import type { Submissions } from '../../projections/submissions-queries.ts';
import { ApprovalDesk } from '../approvals/approval-desk.ts';
import { CalendarAdministration } from '../approvals/calendar-administration.ts';
import { Holding, type MailHolder } from '../approvals/holding.ts';
import { Reviewers } from '../approvals/reviewers.ts';
import { DkimKeys } from '../authentication/dkim-keys.ts';
import { DnsAnswers } from '../authentication/dns-answers.ts';
import type { House } from '../cli/house.ts';
import type { Config } from '../config.ts';
import { DeliveryRequests } from '../delivery-requests.ts';
import { Administration } from '../directory/administration.ts';
import { DepartmentAdministration } from '../directory/department-administration.ts';
import { createDirectory, type Directory } from '../directory/directory.ts';
import { Identities } from '../directory/identities.ts';
import { Rosters } from '../directory/roster.ts';
import { SetUp } from '../directory/set-up.ts';
import { Dispatcher } from '../dispatch.ts';
import { Appender } from '../dispatch-append.ts';
import type { LoggedEvent } from '../domain/event.ts';
import type { ExpungedRow } from '../domain/mailbox-rows.ts';
import type { Mailbox } from '../domain/mailstore-state.ts';
import { organisation } from '../domain/organisation.ts';
import type { Uuid } from '../domain/values.ts';
import { SealedEventStore } from '../event-store/sealed-event-store.ts';
import { ClockWatch } from '../ledger/clock-watch.ts';
import { LedgerFolder } from '../ledger/ledger-folder.ts';
import { type Ledger, openLedger } from '../ledger/open-ledger.ts';
import { Sealer } from '../ledger/sealer.ts';
import type { Log } from '../log.ts';
import { FilingAhead } from '../mailstores/filing-ahead.ts';
import { MailReader } from '../mailstores/mail-reader.ts';
import type { MailstoreLog, Mailstores } from '../mailstores/mailstores.ts';
import { createRecorder, type Recorder } from '../record.ts';
import { operatorRecorder } from '../recording/record-operator.ts';
import { ActiveRules } from '../rules/active-rules.ts';
import { RuleAdministration } from '../rules/rule-administration.ts';
import { RuleNotices } from '../rules/rule-notices.ts';
import { SecondFactors } from '../sign-in/second-factors.ts';
import { createSignIn, type SignIn } from '../sign-in/sign-in.ts';
import { SupervisionDesk } from '../supervision/supervision-desk.ts';
import { Supervisors } from '../supervision/supervisors.ts';
import { Tags } from '../tags.ts';
import type { Reaction, ReactionRunner } from '../workflows/reaction-runner.ts';
import type { Engines } from './engines.ts';
import { loadRules } from './load-rules.ts';
import { PreparedLog } from './prepared-log.ts';
import type { ProjectionSet } from './projection-set.ts';
import { openReadModels, projectionFolder } from './read-models.ts';
import { startReactions } from './start-reactions.ts';
import { volumeFiles } from './volume-files.ts';

/** Memory for opened messages and their structures. */
const maxCachedMailOctets = 48 * 1024 * 1024;

/** What the doors need besides that which the verbs know. */
export interface OpenHouse extends House {
  readonly dispatcher: Dispatcher;
  readonly resolver: Directory;
  readonly signIn: SignIn;
  readonly identities: Identities;
  readonly setUp: SetUp;
  readonly submissions: Submissions;
  readonly recorder: Recorder;
  readonly mailstores: Mailstores;
  readonly filing: FilingAhead;
  readonly mails: MailReader;
  readonly reactions: readonly ReactionRunner[];
  /** One that needs more than the house has; it is closed by its starter first. */
  startReaction(reaction: Reaction): Promise<ReactionRunner>;
  /** Of everything but mail exchangers. */
  readonly answers: DnsAnswers;
  readonly prepared: PreparedLog;
  readonly activeRules: ActiveRules;
  readonly rosters: Rosters;
  readonly reviewers: Reviewers;
  readonly holder: MailHolder;
  readonly supervisors: Supervisors;
  readonly notices: RuleNotices;
  readonly projections: ProjectionSet;
  /** Rows expunged from a mailbox behind a MODSEQ, in that order. */
  expungedSince(mailbox: Mailbox, modseq: number): Iterable<ExpungedRow>;
  /** Up to `limit` events of a mailstore from a revision on, their personal parts closed. */
  readMailstore(account: Uuid, fromRevision: number, limit: number): Promise<LoggedEvent[]>;
  /** The sealer had to give up: nothing new comes under a signed head. */
  sealerStopped(): boolean;
  /** Whatever is in memory only to be found faster. */
  giveBackMemory(): void;
  /** After everybody who uses it; before the engines. */
  close(): Promise<void>;
}

/** Rejects with `HeadRefused` where the log is not what its head says. */
export async function openHouse(config: Config, engines: Engines, log: Log): Promise<OpenHouse> {
  const { events, keys, blobs } = engines;
  const sealed = new SealedEventStore(events, keys);
  const ledger = await openLedgerOf(config, engines, sealed);
  const dispatcher = new Dispatcher(sealed, { epoch: ledger.stream.state.epoch });
  const prepared = new PreparedLog(sealed);
  const tags = await Tags.load(keys);
  const resolver = createDirectory(dispatcher, tags, ledger.logId);
  const models = await openReadModels(
    config.data,
    sealed,
    mailstoreLog(prepared, dispatcher),
    ledger.stream.state.epoch,
    log,
  );
  const filing = new FilingAhead(models.mailstores);
  const reactions = await startReactions(
    projectionFolder(config.data),
    sealed,
    prepared,
    models.mailstores,
    filing,
    dispatcher,
    config.deliveryMaxAgeMs,
    log,
  );
  const activeRules = new ActiveRules(dispatcher, (error) => log.fault('rules', error));
  const rosters = new Rosters(dispatcher, tags, ledger.logId);
  const following = sealed.subscribe(await events.head(), (batch) => dispatcher.advance(batch));
  following.ended.catch((error) => log.fault('following the log', error));
  const stopLoading = await loadRules(
    {
      history: models.ruleHistory,
      reached: (at, maxWaitMs) => models.projections.reached('rules', at, maxWaitMs),
    },
    activeRules,
    await events.head(),
    log,
  );
  const signIn = createSignIn({
    dispatcher,
    directory: resolver,
    keys,
    onProblem: (error) => log.fault('sign-in', error),
  });
  const recorder = createRecorder(dispatcher, { onProblem: (error) => log.fault('recording', error) });
  const sealing = startSealing(config, ledger, log);
  const reviewers = new Reviewers({ dispatcher, directory: resolver, organisation: ledger.logId });
  const supervisors = new Supervisors({ dispatcher, directory: resolver, organisation: ledger.logId });
  const notices = new RuleNotices({ dispatcher, directory: resolver, organisation: ledger.logId });
  const administration = new Administration(dispatcher, tags, ledger.logId);
  const answers = new DnsAnswers(config.dnsServers);
  const dkim = new DkimKeys({ dispatcher, directory: resolver, keys, answers, keepMs: config.dkimKeepMs });
  const mails = new MailReader({
    log: prepared,
    keys,
    blobs,
    structures: blobs,
    maxCachedOctets: maxCachedMailOctets,
  });
  return {
    config,
    dispatcher,
    resolver,
    answers,
    dkim,
    signIn,
    secondFactors: new SecondFactors({ dispatcher, keys }),
    identities: new Identities({
      dispatcher,
      directory: resolver,
      tags,
      aliasesOf: (account) => models.directory.aliases(account).map(({ alias }) => alias),
    }),
    recorder,
    mailstores: models.mailstores,
    filing,
    mails,
    reactions: reactions.runners,
    startReaction: (reaction) => reactions.start(reaction),
    prepared,
    activeRules,
    rosters,
    rules: new RuleAdministration(dispatcher, activeRules, rosters, {
      reviewers,
      supervisors,
      notified: notices,
    }),
    notices,
    ruleHistory: models.ruleHistory,
    administration,
    setUp: new SetUp({ administration, dkim, hostname: config.hostname }),
    departments: new DepartmentAdministration({
      dispatcher,
      tags,
      organisation: ledger.logId,
      accounts: administration,
    }),
    directory: models.directory,
    departmentTree: models.departmentTree,
    traces: models.traces,
    counters: models.counters,
    accessLog: models.accessLog,
    approvals: models.approvals,
    desk: new ApprovalDesk({ dispatcher, reviewers, now: Date.now }),
    supervision: models.supervision,
    supervisionDesk: new SupervisionDesk(dispatcher, Date.now),
    supervisors,
    calendar: new CalendarAdministration(dispatcher, ledger.logId),
    reviewers,
    houseCalendar: async () => (await dispatcher.load(organisation, ledger.logId)).state.calendar,
    holder: new Holding(dispatcher, ledger.logId, reviewers),
    deliveries: models.deliveries,
    submissions: models.submissions,
    queue: new DeliveryRequests(dispatcher, resolver),
    projections: models.projections,
    expungedSince: (mailbox, modseq) => models.model.expungedSince(mailbox, modseq),
    readMailstore: (account, fromRevision, limit) =>
      sealed.readStream(`mailstore-${account}`, fromRevision, limit),
    ledger: { store: events, keys, blobs, folder: ledger.folder },
    files: volumeFiles(config.data),
    publicKey: ledger.signer.publicKey,
    sealer: sealing.sealer,
    sealerStopped: sealing.stopped,
    usedOctets: (account) => models.model.usedOctets(account),
    recordLook: operatorRecorder(dispatcher),
    reportFault: (error) => log.fault('a verb', error),
    giveBackMemory: () => {
      mails.giveBackMemory();
      engines.giveBackMemory();
    },
    close: async () => {
      await stopLoading();
      await signIn.close();
      // While the log is down its last facts are lost; everything else is closed all the same.
      await recorder.close().catch((error) => log.fault('the last records', error));
      await reactions.close();
      await sealing.close();
      await following.close();
      await models.close();
    },
  };
}

function mailstoreLog(prepared: PreparedLog, dispatcher: Dispatcher): MailstoreLog {
  return {
    readPage: (stream, fromRevision) => prepared.readPage(stream, fromRevision),
    append: (stream, expected, drafts, context, causes) =>
      dispatcher.appendResolved(stream, expected, drafts, context, { causes }),
  };
}

/** The epoch of appends is in the ledger itself, whose own first records are made before anybody else's. */
function openLedgerOf(
  { data }: Config,
  { events, keys }: Engines,
  sealed: SealedEventStore,
): Promise<Ledger> {
  const folder = new LedgerFolder(join(data, 'ledger'));
  let appender: Appender | null = null;
  const opening = openLedger({
    store: events,
    keys,
    folder,
    now: Date.now,
    append: (stream, expected, drafts, context) =>
      (appender ?? new Appender(sealed, { epoch: 1 })).append(stream, expected, drafts, context),
  });
  return opening.then((ledger) => {
    appender = new Appender(sealed, { epoch: ledger.stream.state.epoch });
    return ledger;
  });
}

interface Sealing {
  readonly sealer: Sealer;
  stopped(): boolean;
  close(): Promise<void>;
}

function startSealing({ sealIntervalMs }: Config, ledger: Ledger, log: Log): Sealing {
  let gaveUp = false;
  const sealer = new Sealer(ledger, { sealIntervalMs, onTrouble: (error) => log.fault('sealing', error) });
  sealer.ended.catch((error) => {
    gaveUp = true;
    log.fault('the sealer gave up', error);
  });
  const clock = new ClockWatch(ledger, {
    onTrouble: (error) => log.fault('recording a step of the clock', error),
  });
  return {
    sealer,
    stopped: () => gaveUp,
    close: async () => {
      await clock.stop();
      await sealer.stop().catch((error) => log.fault('the last checkpoint', error));
    },
  };
}
