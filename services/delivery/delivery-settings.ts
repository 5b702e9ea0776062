/** What an administrator may set about sending on, and what stands where nothing is set. */
import type { Relay } from './relay.ts';

export interface DeliverySettings {
  /** Name in EHLO; an MX of that name is this server. */
  readonly hostname: string;
  readonly relay: Relay | null;
  /** Empty: the system's resolvers. */
  readonly dnsServers: readonly string[];
  /** Of mail exchangers. */
  readonly port: number;
  readonly retryMs: number;
  /** To one destination. */
  readonly maxConnectionsPerDestination: number;
  /** To all of them. */
  readonly maxConnections: number;
  /** RFC 5321 §4.5.3.1.8: every server takes so many in one transaction. */
  readonly maxRecipients: number;
  /** From the connection to the end of STARTTLS, of one address. */
  readonly connectTimeoutMs: number;
  /** Silence of the peer; RFC 5321 §4.5.3.2.6 wants ten minutes behind the final dot. */
  readonly idleTimeoutMs: number;
  /** Of one transaction, however busily the peer keeps it going. */
  readonly transactionTimeoutMs: number;
  /** An idle connection waits so long for the next mail. */
  readonly keepOpenMs: number;
  /** At a stop, transactions get so long to end by themselves. */
  readonly stopGraceMs: number;
}

export const defaultDeliverySettings = Object.freeze({
  // Ten destinations that are slow at once leave nothing for an eleventh.
  maxConnections: 200,
  maxRecipients: 100,
  connectTimeoutMs: 60_000,
  idleTimeoutMs: 600_000,
  transactionTimeoutMs: 3_600_000,
  keepOpenMs: 5_000,
  stopGraceMs: 10_000,
} as const satisfies Partial<DeliverySettings>);
