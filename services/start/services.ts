/** Everything between engines and listeners, started in order and closed in the opposite one. */

import { maxPageRows } from '../../projections/directory-queries.ts';
import { nextReminder } from '../approvals/working-time.ts';
import type { DnsAnswers } from '../authentication/dns-answers.ts';
import { MailSigning } from '../authentication/mail-signing.ts';
import { DnsOriginChecks } from '../authentication/origin-checks.ts';
import type { Config } from '../config.ts';
import { defaultDeliverySettings } from '../delivery/delivery-settings.ts';
import { parseRelay } from '../delivery/relay.ts';
import { type RunningDelivery, startDelivery } from '../delivery/start-delivery.ts';
import { FreeSpace, freeOctetsOf } from '../free-space.ts';
import type { Intake } from '../intake.ts';
import { createIntake } from '../keep-mail.ts';
import type { Log } from '../log.ts';
import { plainAddress } from '../networks.ts';
import { NetworksList } from '../networks-list.ts';
import { RuleChanges } from '../rules/mail-changes.ts';
import { MailRules } from '../rules/mail-rules.ts';
import type { TextReader } from '../rules/text-reader.ts';
import { RuleTrial } from '../rules/try-rule.ts';
import { ScannerClient } from '../threads/scanner-client.ts';
import { defaultTextLimits, TextClient } from '../threads/text-client.ts';
import { HandOverSupervision } from '../workflows/hand-over-supervision.ts';
import { NotifyApproval } from '../workflows/notify-approval.ts';
import { NotifyByRule } from '../workflows/notify-by-rule.ts';
import { ReportDelivery } from '../workflows/report-delivery.ts';
import { WatchApprovals } from '../workflows/watch-approvals.ts';
import { type DoorParts, type OpenDoors, openDoors } from './doors.ts';
import type { Engines } from './engines.ts';
import { type OpenHouse, openHouse } from './house.ts';
import type { RenewableCertificate } from './renewable-certificate.ts';
import { tendDkim } from './tend-dkim.ts';

export interface ServiceParts extends Pick<DoorParts, 'imapHouseOf'> {
  readonly config: Config;
  readonly engines: Engines;
  readonly certificate: RenewableCertificate;
  readonly log: Log;
  /** Told when no mail can be taken in any more; it has to end the process. */
  readonly onFatal: (error: Error) => void;
}

export interface RunningServices {
  readonly house: OpenHouse;
  readonly intake: Intake;
  readonly doors: OpenDoors;
  /** Takes nothing new, finishes what runs. The engines are the caller's to close. */
  close(): Promise<void>;
}

export async function startServices({
  config,
  engines,
  certificate,
  log,
  onFatal,
  imapHouseOf,
}: ServiceParts): Promise<RunningServices> {
  const house = await openHouse(config, engines, log);
  if (config.adminPassword !== null) {
    await house.administration.ensureAdministrator(config.adminPassword, 'operator');
  }
  const scanner = await startScanner(engines, onFatal);
  const freeSpace = new FreeSpace(freeOctetsOf(config.data), config.minFreeOctets);
  const texts = startTextReader(log);
  const intake = await makeIntake({ config, engines, house, scanner, texts, freeSpace, log });
  const ruleTrial = new RuleTrial({ scanner, texts, rosters: house.rosters });
  const doors = await openDoors({
    config,
    house,
    intake,
    ruleTrial,
    freeSpace,
    certificate,
    log,
    imapHouseOf,
  });
  const delivery = startSendingOn(config, house, log);
  const approvals = startWatchingApprovals(house, log);
  const endTending = tendDkim(house.dkim, house.directory, log);
  const reports = await house.startReaction(reportsOf(config, house, intake));
  const notices = await house.startReaction(noticesOf(config, house, intake));
  const ruleNotices = await house.startReaction(ruleNoticesOf(config, house, intake));
  const handingOver = await house.startReaction(handingOverOf(house));
  return {
    house,
    intake,
    doors,
    close: async () => {
      await doors.close();
      await delivery.close();
      await approvals.stop();
      await endTending();
      await reports.close();
      await notices.close();
      await ruleNotices.close();
      await handingOver.close();
      await scanner.close();
      await texts.close();
      await house.close();
    },
  };
}

async function startScanner(
  { keys, blobs }: Engines,
  onFatal: (error: Error) => void,
): Promise<ScannerClient> {
  const addressKey = await keys.ensure('secret-address');
  const scanner = new ScannerClient({ addressKey, incoming: blobs.incoming }, onFatal);
  await scanner.ready;
  return scanner;
}

/** Its thread begins with the first mail whose inside a rule asks for. */
function startTextReader(log: Log): TextReader {
  return new TextClient({
    ...defaultTextLimits,
    onTrouble: (problem) => log.fault('reading the texts of a mail', new Error(problem)),
  });
}

function originChecksOf(
  { hostname, uncheckedNetworks, originCheckTimeoutMs }: Config,
  answers: DnsAnswers,
  log: Log,
) {
  const unchecked = new NetworksList(uncheckedNetworks);
  const settings = {
    hostname,
    isChecked: (address: string) => !unchecked.includes(plainAddress(address)),
    timeoutMs: originCheckTimeoutMs,
  };
  return new DnsOriginChecks(answers, settings, (error) =>
    log.fault('checking where a mail comes from', error),
  );
}

interface IntakeSources {
  readonly config: Config;
  readonly engines: Engines;
  readonly house: OpenHouse;
  readonly scanner: ScannerClient;
  readonly texts: TextReader;
  readonly freeSpace: FreeSpace;
  readonly log: Log;
}

function makeIntake({
  config,
  engines,
  house,
  scanner,
  texts,
  freeSpace,
  log,
}: IntakeSources): Promise<Intake> {
  const { keys, blobs } = engines;
  const {
    dispatcher,
    resolver: directory,
    activeRules: active,
    rosters,
    filing,
    holder,
    supervisors: supervision,
    notices,
  } = house;
  const onTrouble = (error: unknown): void => log.fault('rules', error);
  const rules = new MailRules({ active, rosters, texts, dispatcher, onTrouble });
  const { hostname, maxMessageOctets, maxReceivedHops, requireFrom, refuse8bitHeaders } = config;
  const settings = {
    hostname,
    maxMessageOctets,
    maxReceivedHops,
    requireFrom,
    refuse8bitHeaders,
    headerSenderMustMatch: config.senderMustMatch,
    dmarc: config.dmarc,
  };
  const origins = originChecksOf(config, house.answers, log);
  return createIntake({
    scanner,
    keys,
    blobs,
    dispatcher,
    filing,
    directory,
    rules,
    holder,
    supervision,
    changes: new RuleChanges(keys),
    notices,
    origins,
    freeSpace,
    settings,
  });
}

function startSendingOn(config: Config, house: OpenHouse, log: Log): RunningDelivery {
  const { dispatcher, mails, deliveries, projections, ledger, prepared, dkim } = house;
  const signing = new MailSigning({
    keys: dkim,
    log: prepared,
    dispatcher,
    report: (error) => log.fault('signing a mail', error),
  });
  return startDelivery(
    {
      dispatcher,
      mails,
      signing,
      deliveries,
      reached: (position, maxWaitMs) => projections.reached('deliveries', position, maxWaitMs),
      head: () => ledger.store.head(),
      report: (error) => log.fault('delivery', error),
    },
    {
      ...defaultDeliverySettings,
      hostname: config.hostname,
      relay: config.relayUrl === null ? null : parseRelay(config.relayUrl),
      dnsServers: config.dnsServers,
      port: config.deliveryPort,
      retryMs: config.deliveryRetryMs,
      maxConnectionsPerDestination: config.deliveryConnections,
    },
  );
}

function startWatchingApprovals(house: OpenHouse, log: Log): WatchApprovals {
  const { approvals, dispatcher, reviewers, projections, ledger } = house;
  const watching = new WatchApprovals({
    approvals,
    dispatcher,
    reviewers,
    nextReminderMs: async (nowMs) => nextReminder(nowMs, await house.houseCalendar()),
    head: () => ledger.store.head(),
    reached: (position, maxWaitMs) => projections.reached('approvals', position, maxWaitMs),
    now: Date.now,
    report: (error) => log.fault('approvals', error),
  });
  watching.start();
  return watching;
}

function handingOverOf(house: OpenHouse): HandOverSupervision {
  const { supervision, supervisors, projections, dispatcher, prepared } = house;
  return new HandOverSupervision({
    supervision,
    supervisors,
    reached: (position, maxWaitMs) => projections.reached('supervision', position, maxWaitMs),
    dispatcher,
    first: (stream) => prepared.first(stream),
  });
}

function ruleNoticesOf({ hostname, language }: Config, house: OpenHouse, intake: Intake): NotifyByRule {
  const { dispatcher, prepared } = house;
  return new NotifyByRule({
    dispatcher,
    first: (stream) => prepared.first(stream),
    intake,
    hostname,
    language,
  });
}

function noticesOf(config: Config, house: OpenHouse, intake: Intake): NotifyApproval {
  const { approvals, projections, dispatcher, reviewers, prepared, directory } = house;
  const { hostname, language, httpsPort } = config;
  return new NotifyApproval({
    approvals,
    reached: (position, maxWaitMs) => projections.reached('approvals', position, maxWaitMs),
    dispatcher,
    reviewers,
    holdersOf: (role) =>
      directory
        .accounts({ limit: maxPageRows })
        .rows.filter(({ roles, state }) => state === 'active' && roles.includes(role))
        .map(({ account }) => account),
    first: (stream) => prepared.first(stream),
    intake,
    hostname,
    language,
    deskUrl: (approval) =>
      `https://${hostname}${httpsPort === 443 ? '' : `:${httpsPort}`}/#approvals/${approval}`,
  });
}

function reportsOf(config: Config, house: OpenHouse, intake: Intake): ReportDelivery {
  const { prepared, mails, resolver: directory } = house;
  return new ReportDelivery({
    log: prepared,
    mails,
    directory,
    intake,
    hostname: config.hostname,
    language: config.language,
    delayAfterMs: config.deliveryDelayNoticeMs,
  });
}
