/** What an administrator may set of the SMTP doors. The composition fills it from the configuration. */

/** `mx`: mail from other servers; the others: mail from our people, with STARTTLS or with TLS from the start. */
export type ListenerKind = 'mx' | 'submission' | 'submissions';

export interface SmtpSettings {
  /** Name in greetings and in Received. */
  readonly hostname: string;
  /** IP address to bind. */
  readonly listen: string;
  /** The doors to open; port 0 takes any free one. */
  readonly listeners: readonly { readonly kind: ListenerKind; readonly port: number }[];
  /** Text behind the host name in the greeting (RCV-23); empty for none. */
  readonly greetingText: string;
  /** Whether passwords may come without TLS: from this machine only by `loopback`. */
  readonly plaintextAuth: 'never' | 'loopback' | 'always';
  /** A full mailbox answers 552 or 452 (RCV-05). */
  readonly overQuotaReply: 'permanent' | 'temporary';

  /** Largest mail, announced by SIZE; 0 is unlimited (RCV-07). */
  readonly maxMessageOctets: number;
  /** A transfer that grows past this loses its connection at once (RCV-08); 0: past twice `maxMessageOctets`. */
  readonly dropConnectionAtOctets: number;
  /** RCPT commands of one mail (RCV-09). */
  readonly maxRecipients: number;
  /** RSET commands since the last mail taken over (RCV-10). */
  readonly maxResets: number;
  /** Octets of a command line without its CRLF. */
  readonly maxCommandOctets: number;
  /** Refused recipients and senders of one connection, before it is closed: against guessing of addresses. */
  readonly maxRefusals: number;
  /** Failed sign-ins of one connection, before it is closed. */
  readonly maxAuthFailures: number;

  /** Connections of all mx listeners at once (RCV-11). */
  readonly maxConnections: number;
  /** Connections of all submission listeners at once. */
  readonly maxSubmissionConnections: number;
  /** Connections at once of one subscriber (IPv4 address, IPv6 /64), over all listeners. */
  readonly maxConnectionsPerAddress: number;

  /** Time without an octet from the peer, while it is the peer's turn (RCV-12). */
  readonly idleTimeoutMs: number;
  /** Time for a TLS handshake. */
  readonly handshakeTimeoutMs: number;
  /** Time from the first octet of a command line to its end. */
  readonly commandTimeoutMs: number;
  /** Time from 354 to the final dot. */
  readonly dataTimeoutMs: number;
  /** At shutdown: time for mails that are on their way in. */
  readonly drainTimeoutMs: number;

  /** Without sign-in nobody sends as an address of a domain of ours (RCV-18). */
  readonly authenticateLocalSenders: boolean;
  /** The same for postmaster, abuse and webmaster alone (RCV-19). */
  readonly authenticateRoleSenders: boolean;
  /** At submission MAIL FROM must be the login's own address or one granted to it (RCV-20). */
  readonly senderMustMatch: boolean;
  /** Networks (CIDR, or single addresses) whose bare CR or LF is made CRLF instead of refused. */
  readonly normaliseLineEndsFrom: readonly string[];
  /** Networks of proxies that say for whom they connect. */
  readonly proxyProtocolFrom: readonly string[];
}

/** What stands where an administrator has set nothing. */
export const defaultSmtpSettings = Object.freeze({
  greetingText: '',
  plaintextAuth: 'loopback',
  overQuotaReply: 'permanent',
  maxMessageOctets: 256 * 1024 * 1024,
  dropConnectionAtOctets: 0,
  maxRecipients: 100,
  maxResets: 20,
  // RFC 4954 §4 wants 12,288 octets for AUTH with its continuation lines.
  maxCommandOctets: 12_288,
  maxRefusals: 100,
  maxAuthFailures: 5,
  maxConnections: 2000,
  maxSubmissionConnections: 2000,
  maxConnectionsPerAddress: 500,
  // RFC 5321 §4.5.3.2.7 wants at least five minutes.
  idleTimeoutMs: 5 * 60_000,
  handshakeTimeoutMs: 60_000,
  commandTimeoutMs: 5 * 60_000,
  dataTimeoutMs: 60 * 60_000,
  drainTimeoutMs: 30_000,
  authenticateLocalSenders: true,
  authenticateRoleSenders: true,
  senderMustMatch: true,
  normaliseLineEndsFrom: [],
  proxyProtocolFrom: [],
} as const satisfies Omit<SmtpSettings, 'hostname' | 'listen' | 'listeners'>);
