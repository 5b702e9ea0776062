/** HTTP and HTTPS: two listeners over one application, bounded in time and size, closed gracefully. */
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { loopbackNetworks } from '../networks-list.ts';
import { type BodyProgress, watchBody } from './body-progress.ts';
import { type ConnectionLimits, ConnectionPlaces } from './connection-places.ts';
import { createRoutes, type RouteParts, type RouteSettings } from './routes.ts';

export interface HttpParts extends RouteParts {
  readonly tls: { readonly key: string; readonly cert: string };
}

export interface HttpSettings extends Omit<RouteSettings, 'redirectPort'>, ConnectionLimits, BodyProgress {
  /** Address to bind. */
  readonly listen: string;
  /** Null turns a listener off; 0 takes any port. */
  readonly httpPort: number | null;
  readonly httpsPort: number | null;
  /** For method, target and headers of a request to arrive. */
  readonly headersTimeoutMs: number;
  /** Answers under way have so long to end when the server closes. */
  readonly closeTimeoutMs: number;
}

export const defaultHttpSettings: Omit<HttpSettings, 'hostname' | 'listen' | 'httpPort' | 'httpsPort'> = {
  trustedProxies: [],
  metricsReaders: [],
  maxBodyOctets: 1024 * 1024,
  maxConnections: 2000,
  maxConnectionsPerAddress: 500,
  notCountedPerAddress: loopbackNetworks,
  headersTimeoutMs: 30_000,
  bodyWindowMs: 30_000,
  // Slower than any line that somebody would send a mail over.
  minBodyOctetsPerWindow: 16 * 1024,
  closeTimeoutMs: 5000,
};

export interface RunningHttp {
  /** Ports that were bound; null where the listener is off. */
  readonly httpPort: number | null;
  readonly httpsPort: number | null;
  /** From the next handshake on. */
  useCertificate(tls: HttpParts['tls']): void;
  close(): Promise<void>;
}

/** Method, target and headers of one request, octets. */
const maxHeaderOctets = 16 * 1024;
const keepAliveTimeoutMs = 60_000;
/** How often connections are looked over: for late requests, and for answered ones while the server closes. */
const maxLookIntervalMs = 5000;
const closingLookIntervalMs = 50;

/** Rejects where a port cannot be bound; then nothing listens. */
export async function startHttp(parts: HttpParts, settings: HttpSettings): Promise<RunningHttp> {
  const servers: Server[] = [];
  const places = new ConnectionPlaces(settings);
  const close = () => closeAll(servers, settings.closeTimeoutMs);
  try {
    // HTTPS first: the redirect names the port that it got.
    let listener: RequestListener = () => {};
    const forward: RequestListener = (request, response) => listener(request, response);
    const { key, cert } = parts.tls;
    const secure = createSecureServer({ key, cert, minVersion: 'TLSv1.2', ...limits(settings) }, forward);
    places.guard(secure);
    const httpsPort = await open(secure, servers, settings, settings.httpsPort);
    const app = createRoutes(parts, { ...settings, redirectPort: httpsPort });
    await app.ready();
    listener = (request, response) => {
      watchBody(request, settings);
      app.routing(request, response);
    };
    const clear = createServer(limits(settings), forward);
    places.guard(clear);
    const httpPort = await open(clear, servers, settings, settings.httpPort);
    for (const server of servers) server.on('error', (error) => parts.report(error));
    return {
      httpPort,
      httpsPort,
      useCertificate: (tls) => secure.setSecureContext({ ...tls, minVersion: 'TLSv1.2' }),
      close: async () => {
        await close();
        await app.close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function limits({ headersTimeoutMs }: HttpSettings): ServerOptions {
  return {
    maxHeaderSize: maxHeaderOctets,
    // A body is watched by its progress: see `body-progress.ts`.
    requestTimeout: 0,
    headersTimeout: headersTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(headersTimeoutMs, maxLookIntervalMs),
  };
}

/** The port that it got; null where the listener is off. */
async function open(
  server: Server,
  servers: Server[],
  { listen }: HttpSettings,
  port: number | null,
): Promise<number | null> {
  if (port === null) return null;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, listen, () => {
      server.off('error', reject);
      resolve();
    });
  });
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

/** What is under way is answered first, for as long as that takes, but no longer than the time given. */
async function closeAll(servers: readonly Server[], closeTimeoutMs: number): Promise<void> {
  const look = setInterval(() => {
    for (const server of servers) server.closeIdleConnections();
  }, closingLookIntervalMs);
  const end = setTimeout(() => {
    for (const server of servers) server.closeAllConnections();
  }, closeTimeoutMs);
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  clearInterval(look);
  clearTimeout(end);
}
