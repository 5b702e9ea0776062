/** `doctor`: looks at what a server here needs, and says what to do about what it finds. */

import { X509Certificate } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { NoServer, pingServer } from './control-client.ts';
import { diagnoseDoors, type ServerState } from './door-diagnosis.ts';
import { octetsText } from './octets-text.ts';
import { answerLimitMs, silentServerText } from './silent-server.ts';

export interface Diagnosis {
  readonly state: 'ok' | 'warning' | 'problem';
  readonly what: string;
  readonly text: string;
}

const day = 86_400_000;
const millisecondsTooOld = Date.UTC(2026, 0, 1);
/** File systems and NTP round: less than this is no step back. */
const maxClockStepMs = 60_000;

/** Runs without the data being opened: also where the server cannot start. */
export async function diagnose(config: Config): Promise<Diagnosis[]> {
  const state = await serverState(config.data);
  return [
    server(state, config.data),
    folder(config.data),
    rootKey(config),
    disk(config),
    clock(config.data),
    certificate(config),
    ...(await diagnoseDoors(config, state, answerLimitMs)),
  ];
}

async function serverState(data: string): Promise<ServerState> {
  try {
    return (await pingServer(data, answerLimitMs)) ? 'answers' : 'silent';
  } catch (error) {
    if (error instanceof NoServer) return 'none';
    throw error;
  }
}

function server(state: ServerState, data: string): Diagnosis {
  const what = 'server';
  if (state === 'answers') return { state: 'ok', what, text: 'It runs and answers.' };
  if (state === 'none')
    return { state: 'warning', what, text: 'No server runs on this data folder: npm start.' };
  return { state: 'problem', what, text: silentServerText(data, answerLimitMs) };
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
  if (!isWritable(data))
    return { state: 'problem', what: 'data folder', text: `${data} cannot be written: chmod 700 ${data}` };
  return { state: 'ok', what: 'data folder', text: `${data} is its owner's alone.` };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
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
  if (!/^[0-9a-f]{64}\s*$/i.test(readFileSync(file, 'latin1')))
    return { state: 'problem', what: 'root key', text: `${file} is no root key: put the right file back.` };
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

function clock(data: string): Diagnosis {
  const now = Date.now();
  const time = new Date(now).toISOString();
  const head = join(data, 'ledger', 'HEAD');
  const sealedAt = existsSync(head) ? statSync(head).mtimeMs : 0;
  if (now < millisecondsTooOld || now < sealedAt - maxClockStepMs) {
    const why = now < sealedAt ? `before the last signed head (${new Date(sealedAt).toISOString()})` : 'past';
    return {
      state: 'problem',
      what: 'clock',
      text: `It says ${time}, which is ${why}: set it, and keep it by NTP.`,
    };
  }
  return { state: 'ok', what: 'clock', text: time };
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
    return {
      state: 'warning',
      what: 'certificate',
      text: `${file} ends in ${counted(left, 'day')}: renew it.`,
    };
  if (subject === issuer)
    return {
      state: 'warning',
      what: 'certificate',
      text: 'It is self-signed: mail programs will ask; set MUNIMENT_TLS_CERT and MUNIMENT_TLS_KEY.',
    };
  return { state: 'ok', what: 'certificate', text: `${file} is good for ${counted(left, 'day')}.` };
}
