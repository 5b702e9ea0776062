/** The routes there are so far, on one application that both listeners share. */
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { loopbackNetworks } from '../networks-list.ts';
import type { ApiHouse } from './api/api-parts.ts';
import { addApi } from './api/serve-api.ts';
import { type HealthReadings, type HealthSources, readHealth } from './health-readings.ts';
import { judgeHealth } from './health-report.ts';
import type { HttpSessions } from './http-sessions.ts';
import { addJmapRoutes, type JmapParts } from './jmap/jmap-routes.ts';
import { type Meter, safeLabel } from './meters.ts';
import { metricsText } from './metrics.ts';
import { addPages } from './pages.ts';
import { httpsLocation, isServedHere, withThisMachine } from './plain-access.ts';
import { sendProblem } from './problem-details.ts';
import { actOf, askForRoutes } from './route-access.ts';
import { schemaCompilers } from './schema-compilers.ts';
import { securityHeaders } from './security-headers.ts';
import { type ListeningService, statusPage } from './status-page.ts';

export interface RouteParts {
  readonly health: HealthSources;
  readonly meters: readonly Meter[];
  /** What listens, for the page at `/status`. */
  listening(): readonly ListeningService[];
  readonly sessions: HttpSessions;
  readonly jmap: Omit<JmapParts, 'report'>;
  readonly api: ApiHouse;
  /** Told of faults of ours; the peer gets no word of them. */
  report(failure: unknown): void;
}

export interface RouteSettings {
  readonly hostname: string;
  /** Where plain requests of others are sent; null: HTTPS is off, they are refused. */
  readonly redirectPort: number | null;
  /** Reverse proxies besides those on this machine: addresses and networks. */
  readonly trustedProxies: readonly string[];
  /** Who may read `/metrics` besides this machine. */
  readonly metricsReaders: readonly string[];
  readonly maxBodyOctets: number;
}

/** Readings are shared by whoever asks within this time, so that asking costs the server nothing. */
const readingsLiveMs = 1000;

export function createRoutes(parts: RouteParts, settings: RouteSettings): FastifyInstance {
  const app = fastify({
    bodyLimit: settings.maxBodyOctets,
    trustProxy: [...loopbackNetworks, ...settings.trustedProxies],
    // A name of 255 Chinese characters, as an address has it.
    routerOptions: { maxParamLength: 2500 },
    schemaController: { compilersFactory: schemaCompilers },
  });
  const answered = new Map<string, number>();
  keepPlainInside(app, settings);
  app.addHook('onSend', async (request, reply) => {
    for (const [name, value] of Object.entries(securityHeaders(request.protocol === 'https'))) {
      if (!reply.hasHeader(name)) reply.header(name, value);
    }
  });
  app.addHook('onResponse', async (_, { statusCode }) => {
    const status = `${Math.floor(statusCode / 100)}xx`;
    answered.set(status, (answered.get(status) ?? 0) + 1);
  });
  answerFaults(app, parts);
  askForRoutes(app, parts.sessions);
  const readings = sharedReadings(parts.health);
  const door = {
    sessions: parts.sessions,
    report: (failure: unknown) => parts.report(failure),
    health: async () => judgeHealth(await readings()),
  };
  addApi(app, parts.api, door);
  addJmapRoutes(app, { ...parts.jmap, report: (failure) => parts.report(failure) });
  addPages(app);
  addStatus(app, parts, settings);
  addHealth(app, readings, { meters: [...parts.meters, requestMeter(answered)] }, settings);
  return app;
}

/** Before anything else is looked at: whoever comes in plain from elsewhere is sent to HTTPS. */
function keepPlainInside(
  app: FastifyInstance,
  { hostname, redirectPort, trustedProxies }: RouteSettings,
): void {
  const inside = withThisMachine(trustedProxies);
  app.addHook('onRequest', async (request, reply) => {
    if (isServedHere(request.socket, inside)) return;
    if (redirectPort === null) return reply.code(403).send({ error: 'Plain HTTP serves this machine only.' });
    return reply.redirect(httpsLocation(request.headers.host, hostname, redirectPort, request.url), 308);
  });
}

function answerFaults(app: FastifyInstance, { report }: RouteParts): void {
  app.setNotFoundHandler((_, reply) => sendProblem(reply, 404, 'There is nothing here.'));
  app.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) report(error);
    const text = status >= 500 ? 'The server failed; try again later.' : error.message;
    return sendProblem(reply, status, text);
  });
}

function addStatus(app: FastifyInstance, { listening }: RouteParts, { hostname }: RouteSettings): void {
  app.get('/status', actOf('readState'), async (_, reply) => {
    const { html, contentSecurityPolicy } = statusPage(hostname, listening());
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', contentSecurityPolicy)
      .send(html);
  });
}

function addHealth(
  app: FastifyInstance,
  readings: () => Promise<HealthReadings>,
  { meters }: Pick<RouteParts, 'meters'>,
  { metricsReaders }: RouteSettings,
): void {
  const readers = withThisMachine(metricsReaders);
  app.get('/healthz', actOf('readState'), async (_, reply) => {
    const report = judgeHealth(await readings());
    return reply.code(report.state === 'red' ? 503 : 200).send(report);
  });
  app.get('/metrics', actOf('readState'), async (request, reply) => {
    if (!readers.includes(request.ip)) return notForYou(reply);
    const { contentType, text } = await metricsText(await readings(), meters);
    return reply.type(contentType).send(text);
  });
}

function notForYou(reply: FastifyReply): FastifyReply {
  return reply
    .code(403)
    .send({ error: 'Metrics are for this machine and those whom the administrator names.' });
}

function sharedReadings(sources: HealthSources): () => Promise<HealthReadings> {
  let last: { readonly atMs: number; readonly readings: Promise<HealthReadings> } | null = null;
  return () => {
    const nowMs = Date.now();
    if (last === null || nowMs - last.atMs >= readingsLiveMs || nowMs < last.atMs) {
      last = { atMs: nowMs, readings: readHealth(sources, nowMs) };
    }
    return last.readings;
  };
}

function requestMeter(answered: ReadonlyMap<string, number>): Meter {
  return {
    name: 'muniment_http_requests_total',
    help: 'Requests answered, by class of status',
    kind: 'counter',
    labelName: 'status',
    read: () => [...answered].map(([label, value]) => ({ label: safeLabel(label), value })),
  };
}
