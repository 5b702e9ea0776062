/** Push by EventSource (RFC 8620 §7.3): a browser that holds the connection learns of each new state at once. */
import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { HttpSession } from '../http-sessions.ts';
import { sendProblem } from '../problem-details.ts';
import { actOf, callerOf } from '../route-access.ts';
import type { StateSource } from './state-sources.ts';

/** What happens within this time is told at once: a hundred mails that arrive together are one event. */
const gatherMs = 50;
const pingSeconds = { least: 5, most: 300 };
/** Connections of one session: a page holds one, a browser has several pages open. */
const maxPerSession = 20;

interface PushRequest {
  /** Null: all. */
  readonly types: readonly string[] | null;
  readonly closeAfterState: boolean;
  /** Null: no pings. */
  readonly pingMs: number | null;
}

export function addEventSource(app: FastifyInstance, sources: readonly StateSource[]): void {
  const open = new WeakMap<HttpSession, number>();
  app.get('/jmap/events', actOf('readMail'), async (request, reply) => {
    const session = callerOf(request);
    const asked = readPush(request.query as Record<string, string>);
    if (asked === null)
      return sendProblem(reply, 400, 'types, closeafter (state or no) and ping are to be given.');
    const held = open.get(session) ?? 0;
    if (held >= maxPerSession)
      return sendProblem(reply, 429, 'This session holds too many connections already.');
    open.set(session, held + 1);
    reply.hijack();
    const stream = new PushStream(reply.raw, session, asked, sources);
    stream.start(headersOf(reply));
    reply.raw.once('close', () => open.set(session, open.get(session)! - 1));
    return reply;
  });
}

function readPush({ types = '', closeafter = '', ping = '' }: Record<string, string>): PushRequest | null {
  const seconds = Number(ping);
  if (types === '' || !['state', 'no'].includes(closeafter) || !/^\d{1,6}$/.test(ping)) return null;
  const bounded = Math.min(Math.max(seconds, pingSeconds.least), pingSeconds.most);
  return {
    types: types === '*' ? null : types.split(','),
    closeAfterState: closeafter === 'state',
    pingMs: seconds === 0 ? null : bounded * 1000,
  };
}

function headersOf(reply: FastifyReply): Record<string, string | string[] | number> {
  const held = reply.getHeaders() as Record<string, string | string[] | number>;
  // `no-transform`: a proxy that gathers the stream to compress it would hold it back.
  return {
    ...held,
    'content-type': 'text/event-stream',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  };
}

class PushStream {
  readonly #out: ServerResponse;
  readonly #session: HttpSession;
  readonly #request: PushRequest;
  readonly #sources: readonly StateSource[];
  /** What it was told last. */
  readonly #told = new Map<StateSource, string>();
  readonly #stirred = new Set<StateSource>();
  #gathering: NodeJS.Timeout | null = null;

  constructor(
    out: ServerResponse,
    session: HttpSession,
    request: PushRequest,
    sources: readonly StateSource[],
  ) {
    this.#out = out;
    this.#session = session;
    this.#request = request;
    this.#sources = sources.filter((source) => this.#typesOf(source).length > 0);
  }

  #typesOf({ types }: StateSource): readonly string[] {
    const wanted = this.#request.types;
    return wanted === null ? types : types.filter((type) => wanted.includes(type));
  }

  start(headers: Record<string, string | string[] | number>): void {
    this.#out.writeHead(200, headers);
    this.#out.write(':\n\n');
    const stops = this.#sources.map((source) => source.watch(this.#session.mail, () => this.#gather(source)));
    const { pingMs } = this.#request;
    const ping =
      pingMs === null ? null : setInterval(() => this.#send('ping', { interval: pingMs / 1000 }), pingMs);
    const stopSession = this.#session.onEnd(() => this.#out.end());
    this.#out.once('close', () => {
      for (const stop of stops) stop();
      stopSession();
      if (ping) clearInterval(ping);
      if (this.#gathering) clearTimeout(this.#gathering);
    });
  }

  #gather(source: StateSource): void {
    this.#stirred.add(source);
    this.#begin();
  }

  #begin(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = null;
      // Where the state cannot be read the client asks anew: it sees the connection end.
      this.#sendState().catch(() => this.#out.destroy());
    }, gatherMs);
  }

  async #sendState(): Promise<void> {
    const { mail } = this.#session;
    // A client that does not read is told the newest state when it does.
    if (this.#out.writableNeedDrain) {
      this.#out.once('drain', () => this.#begin());
      return;
    }
    const states: Record<string, string> = {};
    for (const source of this.#stirred) {
      this.#stirred.delete(source);
      const state = await source.state(mail);
      if (this.#told.get(source) === state) continue;
      this.#told.set(source, state);
      for (const type of this.#typesOf(source)) states[type] = state;
    }
    if (Object.keys(states).length === 0) return;
    this.#send('state', { '@type': 'StateChange', changed: { [mail.account]: states } });
    if (this.#request.closeAfterState) this.#out.end();
  }

  #send(event: string, data: unknown): void {
    if (this.#out.writableEnded || this.#out.writableNeedDrain) return;
    this.#out.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}
