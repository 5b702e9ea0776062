/**
 * Configuration: defaults, then a JSON file, then the environment; the environment wins. The result is frozen,
 * and every number carries its unit in its name. Unknown members and values out of range are refused by name.
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import {
  ConfigError,
  count,
  eventStoreUrl,
  flag,
  hostName,
  networks,
  oneOf,
  optional,
  optionalText,
  path,
  port,
  type Reader,
  relayUrl,
  resolvers,
  text,
} from './config-readers.ts';

export { ConfigError };

export type PlaintextAuth = 'never' | 'loopback' | 'always';
export type OverQuotaReply = 'permanent' | 'temporary';

export interface Config {
  /** Folder of everything the server writes, absolute. */
  readonly data: string;
  readonly hostname: string;
  /** Address to bind. */
  readonly listen: string;
  /** 0 turns a listener off. */
  readonly smtpPort: number;
  readonly submissionPort: number;
  readonly submissionsPort: number;
  readonly imapPort: number;
  readonly imapsPort: number;
  readonly pop3Port: number;
  readonly pop3sPort: number;
  readonly httpsPort: number;
  readonly httpPort: number;
  /** PEM files; null: a self-signed certificate is made in the data folder. */
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  readonly adminPassword: string | null;
  /** Absolute; null: `keys/root.key` in the data folder. */
  readonly rootKeyFile: string | null;
  readonly plaintextAuth: PlaintextAuth;
  /** `esdb://…`; null: the embedded log. */
  readonly eventStoreUrl: string | null;
  readonly maxMessageOctets: number;
  readonly maxRecipients: number;
  readonly maxReceivedHops: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** Reverse proxies besides those on this machine, networks: they say for whom they ask (`X-Forwarded-For`). */
  readonly trustedProxies: readonly string[];
  /** Proxies before SMTP, submission, IMAP and POP3, networks: what they connect begins with a header of the PROXY protocol. */
  readonly proxyProtocolFrom: readonly string[];
  /** Who may read `/metrics` besides this machine, networks. */
  readonly metricsReaders: readonly string[];
  readonly overQuotaReply: OverQuotaReply;
  readonly minFreeOctets: number;
  readonly sealIntervalMs: number;
  readonly imapIdleTimeoutMs: number;
  readonly pop3IdleTimeoutMs: number;
  readonly smtpIdleTimeoutMs: number;
  /** Networks (CIDR) whose mail may have bare CR or LF: normalised, and said in the event. */
  readonly normaliseLineEndsFrom: readonly string[];
  /** Text in the SMTP greeting behind the host name (RCV-23). */
  readonly greetingText: string;
  /** Without sign-in nobody sends as an address of a domain of ours (RCV-18). */
  readonly authenticateLocalSenders: boolean;
  /** The same for postmaster, abuse and webmaster alone (RCV-19). */
  readonly authenticateRoleSenders: boolean;
  /** At submission the sender must be the login's own address or one granted to it (RCV-20). */
  readonly senderMustMatch: boolean;
  /** Mail without From is refused (RCV-06). */
  readonly requireFrom: boolean;
  /** Mail with raw 8-bit headers is refused where SMTPUTF8 was not asked for (RCV-06). */
  readonly refuse8bitHeaders: boolean;
  /** RSET commands between two mails (RCV-10). */
  readonly maxResets: number;
  /** A transfer that grows past this loses its connection (RCV-08); 0: twice `maxMessageOctets`. */
  readonly dropConnectionAtOctets: number;
  /** From 354 to the final dot (RCV-12). */
  readonly smtpDataTimeoutMs: number;
  /** How long attempts to send a mail on go on before it returns to its sender (RFC 5321 §4.5.4.1: 4 to 5 days). */
  readonly deliveryMaxAgeMs: number;
  /** Pause behind the first failed attempt; each later one is longer. */
  readonly deliveryRetryMs: number;
  /** A mail that waits for longer is reported to its sender, once. */
  readonly deliveryDelayNoticeMs: number;
  /** Of what the server writes to people, where they name no language. */
  readonly language: 'en' | 'zh-CN' | 'zh-TW';
  /** Connections to one destination at once. */
  readonly deliveryConnections: number;
  /** Port of mail exchangers. */
  readonly deliveryPort: number;
  /** Smart host that takes all outgoing mail, `smtp(s)://user:password@host:port`; null: direct to the recipients' MX. */
  readonly relayUrl: string | null;
  /** Resolvers, `address` or `address:port`; none: those of the system. */
  readonly dnsServers: readonly string[];
  /** What becomes of mail that fails its domain's DMARC check: noted only, or refused where the domain asks for that. */
  readonly dmarc: 'mark' | 'reject';
  /** Networks (CIDR) whose mail is not checked for where it comes from: one's own. */
  readonly uncheckedNetworks: readonly string[];
  /** So long a peer waits behind its final dot for those checks. */
  readonly originCheckTimeoutMs: number;
  /** Signing keys that others replace are kept for so long. */
  readonly dkimKeepMs: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

interface Setting {
  readonly variable: string;
  readonly fallback: unknown;
  readonly read: Reader;
}

const mebi = 1024 * 1024;

/** This machine and the networks that the internet does not reach (RFC 6890). */
const insideNetworks = [
  ...['127.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
  ...['::1', 'fc00::/7', 'fe80::/10'],
];

const settings: { readonly [K in keyof Config]: Setting } = {
  data: { variable: 'MUNIMENT_DATA', fallback: './data', read: path },
  hostname: { variable: 'MUNIMENT_HOSTNAME', fallback: hostname(), read: hostName },
  listen: { variable: 'MUNIMENT_LISTEN', fallback: '127.0.0.1', read: text },
  smtpPort: { variable: 'MUNIMENT_SMTP_PORT', fallback: 1025, read: port },
  submissionPort: { variable: 'MUNIMENT_SUBMISSION_PORT', fallback: 1587, read: port },
  submissionsPort: { variable: 'MUNIMENT_SUBMISSIONS_PORT', fallback: 1465, read: port },
  imapPort: { variable: 'MUNIMENT_IMAP_PORT', fallback: 1143, read: port },
  imapsPort: { variable: 'MUNIMENT_IMAPS_PORT', fallback: 1993, read: port },
  pop3Port: { variable: 'MUNIMENT_POP3_PORT', fallback: 1110, read: port },
  pop3sPort: { variable: 'MUNIMENT_POP3S_PORT', fallback: 1995, read: port },
  httpsPort: { variable: 'MUNIMENT_HTTPS_PORT', fallback: 8443, read: port },
  httpPort: { variable: 'MUNIMENT_HTTP_PORT', fallback: 8080, read: port },
  tlsCert: { variable: 'MUNIMENT_TLS_CERT', fallback: null, read: optional(path) },
  tlsKey: { variable: 'MUNIMENT_TLS_KEY', fallback: null, read: optional(path) },
  adminPassword: { variable: 'MUNIMENT_ADMIN_PASSWORD', fallback: null, read: optional(text) },
  rootKeyFile: { variable: 'MUNIMENT_ROOT_KEY_FILE', fallback: null, read: optional(path) },
  plaintextAuth: {
    variable: 'MUNIMENT_PLAINTEXT_AUTH',
    fallback: 'loopback',
    read: oneOf('never', 'loopback', 'always'),
  },
  eventStoreUrl: { variable: 'MUNIMENT_EVENT_STORE_URL', fallback: null, read: optional(eventStoreUrl) },
  maxMessageOctets: {
    variable: 'MUNIMENT_MAX_MESSAGE_OCTETS',
    fallback: 256 * mebi,
    read: count(0, 4096 * mebi),
  },
  maxRecipients: { variable: 'MUNIMENT_MAX_RECIPIENTS', fallback: 100, read: count(1, 5000) },
  maxReceivedHops: { variable: 'MUNIMENT_MAX_RECEIVED_HOPS', fallback: 50, read: count(1, 100) },
  maxConnections: { variable: 'MUNIMENT_MAX_CONNECTIONS', fallback: 2000, read: count(1, 100_000) },
  maxConnectionsPerAddress: {
    variable: 'MUNIMENT_MAX_CONNECTIONS_PER_ADDRESS',
    fallback: 500,
    read: count(1, 100_000),
  },
  trustedProxies: { variable: 'MUNIMENT_TRUSTED_PROXIES', fallback: [], read: networks },
  proxyProtocolFrom: { variable: 'MUNIMENT_PROXY_PROTOCOL_FROM', fallback: [], read: networks },
  metricsReaders: { variable: 'MUNIMENT_METRICS_READERS', fallback: [], read: networks },
  overQuotaReply: {
    variable: 'MUNIMENT_OVER_QUOTA_REPLY',
    fallback: 'permanent',
    read: oneOf('permanent', 'temporary'),
  },
  minFreeOctets: {
    variable: 'MUNIMENT_MIN_FREE_OCTETS',
    fallback: 512 * mebi,
    read: count(0, Number.MAX_SAFE_INTEGER),
  },
  sealIntervalMs: { variable: 'MUNIMENT_SEAL_INTERVAL_MS', fallback: 10_000, read: count(100, 3_600_000) },
  imapIdleTimeoutMs: {
    variable: 'MUNIMENT_IMAP_IDLE_TIMEOUT_MS',
    fallback: 30 * 60_000,
    read: count(1000, 86_400_000),
  },
  pop3IdleTimeoutMs: {
    variable: 'MUNIMENT_POP3_IDLE_TIMEOUT_MS',
    fallback: 10 * 60_000,
    read: count(1000, 86_400_000),
  },
  smtpIdleTimeoutMs: {
    variable: 'MUNIMENT_SMTP_IDLE_TIMEOUT_MS',
    fallback: 5 * 60_000,
    read: count(1000, 86_400_000),
  },
  normaliseLineEndsFrom: { variable: 'MUNIMENT_NORMALISE_LINE_ENDS_FROM', fallback: [], read: networks },
  greetingText: { variable: 'MUNIMENT_GREETING_TEXT', fallback: '', read: optionalText },
  authenticateLocalSenders: {
    variable: 'MUNIMENT_AUTHENTICATE_LOCAL_SENDERS',
    fallback: true,
    read: flag,
  },
  authenticateRoleSenders: { variable: 'MUNIMENT_AUTHENTICATE_ROLE_SENDERS', fallback: true, read: flag },
  senderMustMatch: { variable: 'MUNIMENT_SENDER_MUST_MATCH', fallback: true, read: flag },
  requireFrom: { variable: 'MUNIMENT_REQUIRE_FROM', fallback: false, read: flag },
  refuse8bitHeaders: { variable: 'MUNIMENT_REFUSE_8BIT_HEADERS', fallback: false, read: flag },
  maxResets: { variable: 'MUNIMENT_MAX_RESETS', fallback: 20, read: count(1, 100_000) },
  dropConnectionAtOctets: {
    variable: 'MUNIMENT_DROP_CONNECTION_AT_OCTETS',
    fallback: 0,
    read: count(0, Number.MAX_SAFE_INTEGER),
  },
  smtpDataTimeoutMs: {
    variable: 'MUNIMENT_SMTP_DATA_TIMEOUT_MS',
    fallback: 3_600_000,
    read: count(1000, 86_400_000),
  },
  deliveryMaxAgeMs: {
    variable: 'MUNIMENT_DELIVERY_MAX_AGE_MS',
    fallback: 5 * 86_400_000,
    read: count(1000, 30 * 86_400_000),
  },
  deliveryRetryMs: {
    variable: 'MUNIMENT_DELIVERY_RETRY_MS',
    fallback: 5 * 60_000,
    read: count(100, 86_400_000),
  },
  deliveryDelayNoticeMs: {
    variable: 'MUNIMENT_DELIVERY_DELAY_NOTICE_MS',
    fallback: 4 * 3_600_000,
    read: count(1000, 30 * 86_400_000),
  },
  language: { variable: 'MUNIMENT_LANGUAGE', fallback: 'en', read: oneOf('en', 'zh-CN', 'zh-TW') },
  deliveryConnections: { variable: 'MUNIMENT_DELIVERY_CONNECTIONS', fallback: 20, read: count(1, 100) },
  deliveryPort: { variable: 'MUNIMENT_DELIVERY_PORT', fallback: 25, read: count(1, 65_535) },
  relayUrl: { variable: 'MUNIMENT_RELAY_URL', fallback: null, read: optional(relayUrl) },
  dnsServers: { variable: 'MUNIMENT_DNS_SERVERS', fallback: [], read: resolvers },
  dmarc: { variable: 'MUNIMENT_DMARC', fallback: 'mark', read: oneOf('mark', 'reject') },
  uncheckedNetworks: {
    variable: 'MUNIMENT_UNCHECKED_NETWORKS',
    fallback: insideNetworks,
    read: networks,
  },
  originCheckTimeoutMs: {
    variable: 'MUNIMENT_ORIGIN_CHECK_TIMEOUT_MS',
    fallback: 10_000,
    read: count(100, 60_000),
  },
  dkimKeepMs: {
    variable: 'MUNIMENT_DKIM_KEEP_MS',
    fallback: 7 * 86_400_000,
    read: count(1000, 90 * 86_400_000),
  },
  logLevel: {
    variable: 'MUNIMENT_LOG_LEVEL',
    fallback: 'info',
    read: oneOf('debug', 'info', 'warn', 'error'),
  },
};

/** Names that belong to tests, not to the server. */
const foreignVariables = /^MUNIMENT_TEST_/;
/** Engines that the design names and this version does not have: whoever sets one would believe that it is used. */
const enginesToCome: readonly string[] = [
  'MUNIMENT_SEARCH_URL',
  'MUNIMENT_BLOB_URL',
  'MUNIMENT_KEY_STORE_URL',
];

/** Reads the configuration. `file` null: `muniment.config.json` in the working folder, where it exists. */
export function readConfig(environment: NodeJS.ProcessEnv, file: string | null): Config {
  const given = readFile(file);
  refuseUnknown(given, environment);
  const config: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const fromEnvironment = environment[setting.variable];
    if (fromEnvironment !== undefined && fromEnvironment !== '')
      config[name] = setting.read(fromEnvironment, setting.variable);
    else if (name in given) config[name] = setting.read(given[name], name);
    else config[name] = setting.fallback === null ? null : setting.read(setting.fallback, name);
  }
  return Object.freeze(config) as unknown as Config;
}

/** Every setting with its variable and default, for `muniment help config` and the documentation. */
export function listSettings(): { name: string; variable: string; fallback: unknown }[] {
  return Object.entries(settings).map(([name, { variable, fallback }]) => ({ name, variable, fallback }));
}

function readFile(file: string | null): Record<string, unknown> {
  let content: string;
  try {
    content = readFileSync(file ?? 'muniment.config.json', 'utf8');
  } catch (error) {
    if (file === null && (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new ConfigError(`The configuration file ${file} cannot be read: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(content) as Record<string, unknown>;
  } catch (error) {
    throw new ConfigError(`The configuration file is not JSON: ${(error as Error).message}`);
  }
}

function isForeign(name: string): boolean {
  return enginesToCome.includes(name) || foreignVariables.test(name);
}

function refuseUnknown(given: Record<string, unknown>, environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(given)) {
    if (!(name in settings))
      throw new ConfigError(`The configuration file names ${name}, which is no setting.`);
  }
  for (const name of enginesToCome) {
    if (environment[name])
      throw new ConfigError(`${name} names an engine that this version does not have: unset it.`);
  }
  const variables = new Set(Object.values(settings).map(({ variable }) => variable));
  for (const name of Object.keys(environment)) {
    if (name.startsWith('MUNIMENT_') && !variables.has(name) && !isForeign(name)) {
      throw new ConfigError(`The environment names ${name}, which is no setting.`);
    }
  }
}
