/** What `doctor` says of the ports: each door of a running server must answer, and without one each port must be free. */
import { createServer } from 'node:net';
import type { Config } from '../config.ts';
import { NetworksList } from '../networks-list.ts';
import type { Diagnosis } from './diagnosis.ts';
import { askDoor, complaintOf, type Door, type DoorAnswer } from './door-check.ts';

/** Whether a server runs on the data folder: it answers, it only takes connections, or there is none. */
export type ServerState = 'answers' | 'silent' | 'none';

export function diagnoseDoors(config: Config, server: ServerState, limitMs: number): Promise<Diagnosis[]> {
  const host = reachable(config.listen);
  const wanted = doorsOf(config).filter(({ port }) => port !== 0);
  return Promise.all(
    wanted.map(async (door) =>
      server === 'none'
        ? freePort(door, await bindProblem(config.listen, door.port))
        : answering(door, await askDoor(asProxy(door, config, host), host, limitMs), limitMs),
    ),
  );
}

function doorsOf(config: Config): Door[] {
  const plain = { secure: false };
  const tls = { secure: true };
  return [
    { name: 'SMTP', variable: 'MUNIMENT_SMTP_PORT', port: config.smtpPort, protocol: 'smtp', ...plain },
    {
      name: 'submission',
      variable: 'MUNIMENT_SUBMISSION_PORT',
      port: config.submissionPort,
      protocol: 'smtp',
      ...plain,
    },
    {
      name: 'submissions',
      variable: 'MUNIMENT_SUBMISSIONS_PORT',
      port: config.submissionsPort,
      protocol: 'smtp',
      ...tls,
    },
    { name: 'IMAP', variable: 'MUNIMENT_IMAP_PORT', port: config.imapPort, protocol: 'imap', ...plain },
    { name: 'IMAPS', variable: 'MUNIMENT_IMAPS_PORT', port: config.imapsPort, protocol: 'imap', ...tls },
    { name: 'POP3', variable: 'MUNIMENT_POP3_PORT', port: config.pop3Port, protocol: 'pop3', ...plain },
    { name: 'POP3S', variable: 'MUNIMENT_POP3S_PORT', port: config.pop3sPort, protocol: 'pop3', ...tls },
    { name: 'HTTP', variable: 'MUNIMENT_HTTP_PORT', port: config.httpPort, protocol: 'http', ...plain },
    { name: 'HTTPS', variable: 'MUNIMENT_HTTPS_PORT', port: config.httpsPort, protocol: 'http', ...tls },
  ];
}

/** Whoever asks this machine's own address comes from there. */
function asProxy(door: Door, { proxyProtocolFrom }: Config, host: string): Door {
  const isProxy = new NetworksList(proxyProtocolFrom).includes(host);
  return { ...door, expectsProxy: isProxy && door.protocol !== 'http' };
}

/** The address to connect to for one that is bound to. */
function reachable(listen: string): string {
  return listen === '0.0.0.0' ? '127.0.0.1' : listen === '::' ? '::1' : listen;
}

function answering(door: Door, answer: DoorAnswer, limitMs: number): Diagnosis {
  const { name, port, variable } = door;
  const what = `port ${port}`;
  const problem = (text: string): Diagnosis => ({ state: 'problem', what, text });
  if (answer === 'nobody')
    return problem(
      `The server runs, but nothing listens for ${name}: does doctor see its settings (${variable})?`,
    );
  if (answer === 'silent')
    return problem(
      `${name} takes connections and says nothing within ${limitMs / 1000} s: restart the server.`,
    );
  if (answer === 'closed')
    return problem(`${name} closes the connection without a word: look at the server's log.`);
  const complaint = complaintOf(door, answer.text);
  if (complaint !== null) return problem(`${name} answers, but ${complaint}.`);
  return { state: 'ok', what, text: `${name} answers.` };
}

function freePort({ name, port, variable }: Door, code: string | null): Diagnosis {
  const what = `port ${port}`;
  if (code === null) return { state: 'ok', what, text: `Free for ${name}.` };
  const texts: Readonly<Record<string, string>> = {
    EADDRINUSE: `Another program listens where ${name} should: end it, or choose another port (${variable}).`,
    EACCES: `${name} wants more rights than you have: choose a port above 1023, or grant CAP_NET_BIND_SERVICE.`,
    EADDRNOTAVAIL: `This machine does not have the address for ${name}: see MUNIMENT_LISTEN.`,
  };
  return { state: 'problem', what, text: texts[code] ?? `${name} cannot listen there (${code}).` };
}

/** Null where the port can be had; otherwise the system's word for why not. */
function bindProblem(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
