/** Opens every listener that the configuration names, and closes them in order: first no new work, then what runs. */

import { startControlServer } from '../cli/control-server.ts';
import type { Config } from '../config.ts';
import type { FreeSpace } from '../free-space.ts';
import { startImap } from '../imap/imap-server.ts';
import type { Intake } from '../intake.ts';
import type { Log } from '../log.ts';
import { QuotaRoom } from '../mailbox-room.ts';
import { startPop3 } from '../pop3/pop3-server.ts';
import { defaultSmtpSettings, type ListenerKind } from '../smtp/smtp-settings.ts';
import { startSmtp } from '../smtp/start-smtp.ts';
import type { ServerCertificate } from './certificate.ts';
import type { OpenHouse } from './house.ts';

export interface OpenDoors {
  /** What listens, for the start-up text: name, address and port. */
  readonly listening: readonly { readonly name: string; readonly address: string }[];
  close(): Promise<void>;
}

export interface DoorParts {
  readonly config: Config;
  readonly house: OpenHouse;
  readonly intake: Intake;
  readonly freeSpace: FreeSpace;
  readonly certificate: ServerCertificate;
  readonly log: Log;
}

/** From the connection to the sign-in. */
const loginTimeoutMs = 60_000;

interface Door {
  readonly listening: OpenDoors['listening'];
  close(): Promise<void>;
}

export async function openDoors(parts: DoorParts): Promise<OpenDoors> {
  const opened: Door[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((door) => door.close()));
  };
  try {
    for (const open of [openControl, openSmtp, openImap, openPop3]) opened.push(await open(parts));
  } catch (error) {
    await close();
    throw error;
  }
  return { listening: opened.flatMap((door) => door.listening), close };
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
      tls: { key: certificate.keyPem, cert: certificate.certPem },
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
    },
  );
  return {
    listening: listeners.map(({ name, port }) => ({ name, address: addressOf(config, port) })),
    close: running.close,
  };
}

async function openImap({ config, house, intake, certificate, log }: DoorParts): Promise<Door> {
  const settings = {
    hostname: config.hostname,
    plaintextAuth: config.plaintextAuth,
    maxMessageOctets: config.maxMessageOctets,
    idleTimeoutMs: config.imapIdleTimeoutMs,
    loginTimeoutMs,
    maxConnections: config.maxConnections,
    maxConnectionsPerAddress: config.maxConnectionsPerAddress,
  };
  const services = {
    settings,
    secureContext: () => certificate.context,
    signIn: house.signIn,
    mailstores: house.mailstores,
    mails: house.mails,
    intake,
    room: new QuotaRoom(house.dispatcher, house.mailstores),
    recorder: house.recorder,
    log,
  };
  const addresses = {
    host: config.listen,
    port: portOrNull(config.imapPort),
    tlsPort: portOrNull(config.imapsPort),
  };
  const running = await startImap(services, addresses);
  return { listening: both(config, 'IMAP', config.imapPort, config.imapsPort), close: () => running.close() };
}

async function openPop3({ config, house, certificate }: DoorParts): Promise<Door> {
  const running = await startPop3(
    { signIn: house.signIn, mailstores: house.mailstores, mails: house.mails, recorder: house.recorder },
    {
      hostname: config.hostname,
      listen: config.listen,
      port: portOrNull(config.pop3Port),
      tlsPort: portOrNull(config.pop3sPort),
      secureContext: certificate.context,
      plaintextAuth: config.plaintextAuth,
      idleTimeoutMs: config.pop3IdleTimeoutMs,
      loginTimeoutMs,
      maxConnections: config.maxConnections,
      maxConnectionsPerAddress: config.maxConnectionsPerAddress,
    },
  );
  return { listening: both(config, 'POP3', config.pop3Port, config.pop3sPort), close: () => running.close() };
}

function both(
  config: Config,
  name: string,
  port: number,
  tlsPort: number,
): { name: string; address: string }[] {
  const wanted = [
    { name, port },
    { name: `${name} (TLS)`, port: tlsPort },
  ];
  return wanted
    .filter((each) => each.port !== 0)
    .map((each) => ({ name: each.name, address: addressOf(config, each.port) }));
}

function portOrNull(port: number): number | null {
  return port === 0 ? null : port;
}

function addressOf({ listen }: Config, port: number): string {
  return `${listen.includes(':') ? `[${listen}]` : listen}:${port}`;
}
