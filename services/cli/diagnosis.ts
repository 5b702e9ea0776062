/** `doctor`: looks at what a server here needs, and says what to do about what it finds. */

import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { NoServer, pingServer } from './control-client.ts';
import { octetsText } from './octets-text.ts';

export interface Diagnosis {
  readonly state: 'ok' | 'warning' | 'problem';
  readonly what: string;
  readonly text: string;
}

const day = 86_400_000;
const millisecondsTooOld = Date.UTC(2026, 0, 1);

/** Runs without the data being opened: also where the server cannot start. */
export async function diagnose(config: Config): Promise<Diagnosis[]> {
  const serving = await isServing(config.data);
  return [
    server(serving),
    folder(config.data),
    rootKey(config),
    disk(config),
    clock(),
    certificate(config),
    ...(await ports(config, serving)),
  ];
}

async function isServing(data: string): Promise<boolean> {
  try {
    await pingServer(data);
    return true;
  } catch (error) {
    if (error instanceof NoServer) return false;
    throw error;
  }
}

function server(serving: boolean): Diagnosis {
  return serving
    ? { state: 'ok', what: 'server', text: 'It runs and answers.' }
    : { state: 'warning', what: 'server', text: 'No server runs on this data folder: npm start.' };
}

function folder(data: string): Diagnosis {
  if (!existsSync(data))
    return {
      state: 'warning',
      what: 'data folder',
      text: `${data} does not exist yet; the first start makes it.`,
    };
  const { mode, uid } = statSync(data);
  if ((mode & 0o077) !== 0) {
    return {
      state: 'problem',
      what: 'data folder',
      text: `${data} can be read by others: chmod 700 ${data}`,
    };
  }
  const own = process.getuid?.() ?? uid;
  if (own !== uid && own !== 0)
    return {
      state: 'problem',
      what: 'data folder',
      text: `${data} belongs to another user: run as that user.`,
    };
  return { state: 'ok', what: 'data folder', text: `${data} is its owner's alone.` };
}

function rootKey({ data, rootKeyFile }: Config): Diagnosis {
  const file = rootKeyFile ?? join(data, 'keys', 'root.key');
  const keysExist = existsSync(join(data, 'keys', 'keys.sqlite'));
  if (!existsSync(file)) {
    if (!keysExist)
      return { state: 'warning', what: 'root key', text: 'There is none yet; the first start makes it.' };
    return {
      state: 'problem',
      what: 'root key',
      text: `${file} is missing: put it back, nothing can be read without it.`,
    };
  }
  if ((statSync(file).mode & 0o077) !== 0)
    return { state: 'problem', what: 'root key', text: `Others can read it: chmod 600 ${file}` };
  if (rootKeyFile === null) {
    return {
      state: 'warning',
      what: 'root key',
      text: `${file} lies beside the data: keep a copy elsewhere, and see MUNIMENT_ROOT_KEY_FILE.`,
    };
  }
  return { state: 'ok', what: 'root key', text: `${file} is its owner's alone.` };
}

function disk({ data, minFreeOctets }: Config): Diagnosis {
  const { bavail, bsize } = statfsSync(existsSync(data) ? data : '.');
  const free = bavail * bsize;
  const text = `${octetsText(free)} are free; mail is refused below ${octetsText(minFreeOctets)}.`;
  if (free < minFreeOctets) return { state: 'problem', what: 'disk', text: `${text} Make room now.` };
  return { state: free < minFreeOctets * 4 ? 'warning' : 'ok', what: 'disk', text };
}

function clock(): Diagnosis {
  const now = Date.now();
  if (now < millisecondsTooOld)
    return {
      state: 'problem',
      what: 'clock',
      text: `It says ${new Date(now).toISOString()}, which is past: set it, and keep it by NTP.`,
    };
  return { state: 'ok', what: 'clock', text: new Date(now).toISOString() };
}

function certificate({ data, tlsCert }: Config): Diagnosis {
  const file = tlsCert ?? join(data, 'tls', 'certificate.pem');
  if (!existsSync(file)) {
    const state = tlsCert === null ? 'warning' : 'problem';
    return {
      state,
      what: 'certificate',
      text: `${file} does not exist${tlsCert === null ? ' yet; the first start makes it' : ''}.`,
    };
  }
  const { validTo, subject, issuer } = new X509Certificate(readFileSync(file));
  const left = Math.floor((Date.parse(validTo) - Date.now()) / day);
  if (left < 0)
    return { state: 'problem', what: 'certificate', text: `${file} expired on ${validTo}: renew it.` };
  if (left < 21)
    return { state: 'warning', what: 'certificate', text: `${file} ends in ${left} days: renew it.` };
  if (subject === issuer)
    return {
      state: 'warning',
      what: 'certificate',
      text: 'It is self-signed: mail programs will ask; set MUNIMENT_TLS_CERT and MUNIMENT_TLS_KEY.',
    };
  return { state: 'ok', what: 'certificate', text: `${file} is good for ${left} days.` };
}

async function ports(config: Config, serving: boolean): Promise<Diagnosis[]> {
  const wanted: [string, number][] = [
    ['SMTP', config.smtpPort],
    ['submission', config.submissionPort],
    ['submissions', config.submissionsPort],
    ['IMAP', config.imapPort],
    ['IMAPS', config.imapsPort],
    ['POP3', config.pop3Port],
    ['POP3S', config.pop3sPort],
    ['HTTP', config.httpPort],
    ['HTTPS', config.httpsPort],
  ];
  return Promise.all(
    wanted
      .filter(([, port]) => port !== 0)
      .map(([name, port]) => portState(name, config.listen, port, serving)),
  );
}

async function portState(name: string, host: string, port: number, serving: boolean): Promise<Diagnosis> {
  const what = `port ${port}`;
  const answers = await listens(host === '0.0.0.0' ? '127.0.0.1' : host, port);
  if (serving && !answers)
    return { state: 'problem', what, text: `The server runs, but nothing listens for ${name}.` };
  if (!serving && answers)
    return {
      state: 'problem',
      what,
      text: `Another program listens where ${name} should: end it, or choose another port.`,
    };
  return { state: 'ok', what, text: answers ? `${name} listens.` : `Free for ${name}.` };
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    const end = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', end(true));
    socket.once('error', end(false));
    socket.once('timeout', end(false));
  });
}
