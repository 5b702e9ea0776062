import { mkdtempSync, rmSync } from 'node:fs';
import { get, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as secureGet } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before } from 'node:test';
import { readConfig } from '../../services/config.ts';
import type { HealthReadings } from '../../services/http/health-readings.ts';
import {
  defaultHttpSettings,
  type HttpParts,
  type HttpSettings,
  type RunningHttp,
  startHttp,
} from '../../services/http/http-server.ts';
import { loadCertificate } from '../../services/start/certificate.ts';
import { healthy, sourcesOf } from './healthy-parts.ts';
import { noSessions, untouched } from './no-sessions.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export let folder: string;
export let tls: HttpParts['tls'];
export const settings: HttpSettings = {
  ...defaultHttpSettings,
  hostname: 'mail.acme.example',
  listen: '127.0.0.1',
  httpPort: 0,
  httpsPort: 0,
  closeTimeoutMs: 1000,
};

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muniment-http-'));
  const environment = { MUNIMENT_DATA: folder, MUNIMENT_HOSTNAME: 'mail.acme.example' };
  const { keyPem, certPem } = await loadCertificate(readConfig(environment, null));
  tls = { key: keyPem, cert: certPem };
});

after(() => rmSync(folder, { recursive: true }));

export function partsOf(readings: HealthReadings = healthy, faults: unknown[] = []): HttpParts {
  return {
    tls,
    health: sourcesOf(readings),
    meters: [],
    sessions: noSessions(),
    jmap: untouched,
    api: {} as unknown as HttpParts['api'],
    listening: () => [{ name: 'IMAP <TLS>', port: 1993 }],
    report: (failure) => faults.push(failure),
  };
}

export async function serving(
  work: (running: RunningHttp) => Promise<void>,
  parts = partsOf(),
  over: Partial<HttpSettings> = {},
) {
  const running = await startHttp(parts, { ...settings, ...over });
  try {
    await work(running);
  } finally {
    await running.close();
  }
}

export function answerOf(
  send: (got: (message: IncomingMessage) => void) => {
    on(event: 'error', failed: (error: Error) => void): unknown;
  },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    send((message) => {
      text(message).then(
        (body) => resolve({ status: message.statusCode!, headers: message.headers, body }),
        reject,
      );
    }).on('error', reject);
  });
}

export function plain(port: number | null, path: string, options: RequestOptions = {}): Promise<Answer> {
  return answerOf((got) => get({ host: '127.0.0.1', port, path, agent: false, ...options }, got));
}

export function secure(port: number | null, path: string): Promise<Answer> {
  return answerOf((got) =>
    secureGet({ host: '127.0.0.1', port, path, agent: false, rejectUnauthorized: false }, got),
  );
}
