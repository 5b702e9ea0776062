/** What a POP3 listener may and must: filled by the configuration. */
import type { SecureContext } from 'node:tls';

export interface Pop3Settings {
  readonly hostname: string;
  /** Address to bind. */
  readonly listen: string;
  /** Port with STLS; null when there is none. 0 takes any free port (tests). */
  readonly port: number | null;
  /** Port with TLS from the first octet; null when there is none. */
  readonly tlsPort: number | null;
  /** Asked at each handshake, so that a renewed certificate counts at once. */
  readonly secureContext: () => SecureContext;
  readonly plaintextAuth: 'never' | 'loopback' | 'always';
  /** RFC 1939 §3: at least ten minutes. */
  readonly idleTimeoutMs: number;
  /** For the whole of the AUTHORIZATION state. */
  readonly loginTimeoutMs: number;
  readonly maxConnections: number;
  /** Networks of proxies that say for whom they connect. */
  readonly proxyProtocolFrom: readonly string[];
  readonly maxConnectionsPerAddress: number;
}

/** RFC 2449 §4 and RFC 5034: longer lines end the session. */
export const maxLineOctets = 12_288;
/** Sign-in attempts of one connection. */
export const maxFailedSignIns = 5;
/** Commands that may wait behind the one being answered. */
export const maxPipelinedCommands = 1000;
