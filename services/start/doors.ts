/** Opens every listener that the configuration names, and closes them in order: first no new work, then what runs. */

import { join } from 'node:path';
import { startControlServer } from '../cli/control-server.ts';
import { type Config, ConfigError } from '../config.ts';
import type { FreeSpace } from '../free-space.ts';
import { defaultHttpSettings, startHttp } from '../http/http-server.ts';
import { HttpSessions } from '../http/http-sessions.ts';
import type { Sending } from '../http/jmap/sending.ts';
import { Uploads } from '../http/jmap/uploads.ts';
import type { Meter } from '../http/meters.ts';
import { startImap } from '../imap/imap-server.ts';
import type { ImapServices } from '../imap/imap-services.ts';
import type { Intake } from '../intake.ts';
import type { Log } from '../log.ts';
import { QuotaRoom } from '../mailstores/mailbox-room.ts';
import { MailstoreDoor } from '../mailstores/mailstore-door.ts';
import { loopbackNetworks } from '../networks-list.ts';
import { startPop3 } from '../pop3/pop3-server.ts';
import type { RuleTrial } from '../rules/try-rule.ts';
import { defaultSmtpSettings, type ListenerKind } from '../smtp/smtp-settings.ts';
import { startSmtp } from '../smtp/start-smtp.ts';
import { apiHouse } from './api-house.ts';
import type { ServerCertificate } from './certificate.ts';
import { healthSources } from './health.ts';
import { cameBack, withdrawn } from './held-mail.ts';
import type { OpenHouse } from './house.ts';
import { imapHouse, loginTimeoutMs } from './imap-house.ts';
import type { RenewableCertificate } from './renewable-certificate.ts';

export interface OpenDoors {
  /** What listens, for the start-up text: name, address and port. */
  readonly listening: readonly Listening[];
  close(): Promise<void>;
}

export interface Listening {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

export interface DoorParts {
  readonly config: Config;
  readonly house: OpenHouse;
  readonly intake: Intake;
  readonly freeSpace: FreeSpace;
  readonly certificate: RenewableCertificate;
  readonly log: Log;
  readonly ruleTrial: RuleTrial;
  /** Of logins that belong to another house, which the same IMAP listeners serve. */
  readonly imapHouseOf?: ((login: string) => ImapServices | null) | undefined;
}

interface Door {
  readonly listening: readonly Listening[];
  /** For `/metrics`. */
  readonly meters?: readonly Meter[];
  close(): Promise<void>;
}

type OpenDoor = (parts: DoorParts, opened: readonly Door[]) => Promise<Door>;

/** HTTP comes last: its page names what listens. */
const doors: readonly OpenDoor[] = [openControl, openSmtp, openImap, openPop3, openHttp];

export async function openDoors(parts: DoorParts): Promise<OpenDoors> {
  const opened: Door[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((door) => door.close()));
  };
  try {
    for (const open of doors) opened.push(await open(parts, [...opened]));
  } catch (error) {
    await close();
    throw inWords(error);
  }
  return { listening: opened.flatMap((door) => door.listening), close };
}

/** A port that cannot be had is for the administrator to mend. */
function inWords(error: unknown): unknown {
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') {
    return new ConfigError(
      `Another program listens on port ${port}: end it, or choose another port (README.md, Settings).`,
    );
  }
  if (code === 'EACCES' && port !== undefined) {
    return new ConfigError(
      `Port ${port} wants more rights: choose one above 1023, or grant CAP_NET_BIND_SERVICE.`,
    );
  }
  return error;
}

async function openControl({ config, house }: DoorParts): Promise<Door> {
  const server = await startControlServer(config.data, house);
  return { listening: [], close: () => server.close() };
}

async function openSmtp({ config, house, intake, freeSpace, certificate, log }: DoorParts): Promise<Door> {
  const wanted: { kind: ListenerKind; port: number; name: string }[] = [
    { kind: 'mx', port: config.smtpPort, name: 'SMTP' },
    { kind: 'submission', port: config.submissionPort, name: 'submission' },
    { kind: 'submissions', port: config.submissionsPort, name: 'submission (TLS)' },
  ];
  const listeners = wanted.filter(({ port }) => port !== 0);
  const running = await startSmtp(
    {
      directory: house.resolver,
      signIn: house.signIn,
      recorder: house.recorder,
      intake,
      mailboxRoom: new QuotaRoom(house.dispatcher, house.mailstores),
      freeSpace,
      tls: pemOf(certificate.current),
      report: (failure) => log.fault('SMTP', failure),
    },
    {
      ...defaultSmtpSettings,
      hostname: config.hostname,
      listen: config.listen,
      listeners,
      greetingText: config.greetingText,
      plaintextAuth: config.plaintextAuth,
      overQuotaReply: config.overQuotaReply,
      maxMessageOctets: config.maxMessageOctets,
      maxRecipients: config.maxRecipients,
      maxConnections: config.maxConnections,
      maxSubmissionConnections: config.maxConnections,
      maxConnectionsPerAddress: config.maxConnectionsPerAddress,
      idleTimeoutMs: config.smtpIdleTimeoutMs,
      normaliseLineEndsFrom: config.normaliseLineEndsFrom,
      proxyProtocolFrom: config.proxyProtocolFrom,
      authenticateLocalSenders: config.authenticateLocalSenders,
      authenticateRoleSenders: config.authenticateRoleSenders,
      senderMustMatch: config.senderMustMatch,
      maxResets: config.maxResets,
      dropConnectionAtOctets: config.dropConnectionAtOctets,
      dataTimeoutMs: config.smtpDataTimeoutMs,
    },
  );
  certificate.onRenewed((renewed) => running.useCertificate(pemOf(renewed)));
  return {
    listening: listeners.map(({ name, port }) => listeningAt(config, name, port)),
    close: running.close,
  };
}

async function openImap(parts: DoorParts): Promise<Door> {
  const { config, imapHouseOf } = parts;
  const services = { ...imapHouse(parts), ...(imapHouseOf && { houseOf: imapHouseOf }) };
  const addresses = {
    host: config.listen,
    port: portOrNull(config.imapPort),
    tlsPort: portOrNull(config.imapsPort),
    proxyProtocolFrom: config.proxyProtocolFrom,
  };
  const running = await startImap(services, addresses);
  return {
    listening: both(config, 'IMAP', config.imapPort, config.imapsPort),
    meters: [sessionsMeter('muniment_imap_sessions', 'IMAP', () => running.sessions)],
    close: () => running.close(),
  };
}

async function openPop3({ config, house, certificate, log }: DoorParts): Promise<Door> {
  const { signIn, mailstores, mails, recorder } = house;
  const running = await startPop3(
    {
      signIn,
      mailstores: new MailstoreDoor(mailstores),
      mails,
      recorder,
      report: (failure) => log.fault('POP3', failure),
    },
    {
      hostname: config.hostname,
      listen: config.listen,
      port: portOrNull(config.pop3Port),
      tlsPort: portOrNull(config.pop3sPort),
      secureContext: () => certificate.current.context,
      plaintextAuth: config.plaintextAuth,
      idleTimeoutMs: config.pop3IdleTimeoutMs,
      loginTimeoutMs,
      proxyProtocolFrom: config.proxyProtocolFrom,
      maxConnections: config.maxConnections,
      maxConnectionsPerAddress: config.maxConnectionsPerAddress,
    },
  );
  return {
    listening: both(config, 'POP3', config.pop3Port, config.pop3sPort),
    meters: [sessionsMeter('muniment_pop3_sessions', 'POP3', () => running.connections())],
    close: () => running.close(),
  };
}

async function openHttp(
  { config, house, intake, freeSpace, certificate, log, ruleTrial }: DoorParts,
  opened: readonly Door[],
): Promise<Door> {
  const own = both(config, 'HTTP', config.httpPort, 0).concat(both(config, 'HTTPS', config.httpsPort, 0));
  const listening = [...opened.flatMap((door) => door.listening), ...own];
  const { signIn, recorder, mails, expungedSince, readMailstore } = house;
  const mailstores = new MailstoreDoor(house.mailstores);
  const mail = { mailstores, mails, expungedSince, readMailstore };
  const sessions = new HttpSessions({ signIn, recorder, mail, plaintextAuth: config.plaintextAuth });
  const room = new QuotaRoom(house.dispatcher, house.mailstores);
  const uploads = new Uploads(join(config.data, 'uploads'), freeSpace);
  const running = await startHttp(
    {
      health: healthSources(config, house),
      meters: opened.flatMap((door) => door.meters ?? []),
      listening: () => listening,
      sessions,
      jmap: {
        uploads,
        intake,
        room,
        identities: house.identities,
        sending: sendingOf(config, house, room),
        supervision: {
          lastChanged: (account) => house.supervision.lastChanged(account),
          watch: (listener) => house.projections.watch('supervision', listener),
        },
      },
      api: apiHouse(house, ruleTrial),
      tls: pemOf(certificate.current),
      report: (failure) => log.fault('HTTP', failure),
    },
    {
      ...defaultHttpSettings,
      hostname: config.hostname,
      listen: config.listen,
      trustedProxies: config.trustedProxies,
      metricsReaders: config.metricsReaders,
      maxConnections: config.maxConnections,
      maxConnectionsPerAddress: config.maxConnectionsPerAddress,
      notCountedPerAddress: [...loopbackNetworks, ...config.trustedProxies],
      httpPort: portOrNull(config.httpPort),
      httpsPort: portOrNull(config.httpsPort),
    },
  );
  certificate.onRenewed((renewed) => running.useCertificate(pemOf(renewed)));
  // Together: pages that listen for new states hold their connections until their sessions end.
  const close = async (): Promise<void> => {
    await Promise.all([running.close(), sessions.close()]);
    uploads.close();
  };
  return { listening: own, close };
}

/** Design: what answers from projections waits so long for the last acknowledged position. */
const maxSettleMs = 2000;

function sendingOf(config: Config, house: OpenHouse, mailboxRoom: QuotaRoom): Sending {
  const { resolver: directory, submissions, deliveries, traces, projections, ledger } = house;
  const { maxMessageOctets, maxRecipients, senderMustMatch } = config;
  return {
    directory,
    mailboxRoom,
    submissions,
    deliveries,
    traces,
    withdraw: (message, by) => withdrawn(house, message, by),
    cameBack: (approval, account) => cameBack(house, approval, account),
    watchSubmissions: (listener) => projections.watch('submissions', listener),
    watchDirectory: (listener) => projections.watch('directory', listener),
    settled: async () => {
      const head = await ledger.store.head();
      const reached = (name: string) => projections.reached(name, head, maxSettleMs);
      return (await Promise.all(['submissions', 'message-trace'].map(reached))).every(Boolean);
    },
    rules: { maxMessageOctets, maxRecipients, senderMustMatch },
  };
}

function pemOf({ keyPem, certPem }: ServerCertificate): { key: string; cert: string } {
  return { key: keyPem, cert: certPem };
}

function sessionsMeter(name: string, protocol: string, read: () => number): Meter {
  return {
    name,
    help: `Open ${protocol} connections.`,
    kind: 'gauge',
    labelName: null,
    read: () => [{ value: read() }],
  };
}

function both(config: Config, name: string, port: number, tlsPort: number): Listening[] {
  const wanted = [
    { name, port },
    { name: `${name} (TLS)`, port: tlsPort },
  ];
  return wanted.filter((each) => each.port !== 0).map((each) => listeningAt(config, each.name, each.port));
}

function listeningAt(config: Config, name: string, port: number): Listening {
  return { name, port, address: addressOf(config, port) };
}

function portOrNull(port: number): number | null {
  return port === 0 ? null : port;
}

function addressOf({ listen }: Config, port: number): string {
  return `${listen.includes(':') ? `[${listen}]` : listen}:${port}`;
}
