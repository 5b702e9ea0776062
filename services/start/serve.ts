/** The serving process: data folder, engines, house, doors; and the way back when it is told to stop. */
import { flushCompileCache } from 'node:module';
import type { Config } from '../config.ts';
import { type Log, makeLog } from '../log.ts';
import { collectWhenIdle } from '../threads/idle-memory.ts';
import type { ServerCertificate } from './certificate.ts';
import { takeDataFolder, writePid } from './data-folder.ts';
import type { OpenDoors } from './doors.ts';
import { startEngines } from './engines.ts';
import { reportRecovery } from './recovery-notes.ts';
import { RenewableCertificate } from './renewable-certificate.ts';
import { type RunningServices, type ServiceParts, startServices } from './services.ts';

/** Something was answered or read that may not be on disk: nothing can be promised any more. */
const storageBrokenExitCode = 74;

/** What a start has beside the server: for the demonstration a partner elsewhere, and a past. */
export interface Company {
  /** Before the server's own stores and doors are open; ports that the server is to have are closed yet. */
  open(server: CompanyServer): Promise<OpenCompany>;
}

export interface CompanyServer extends Pick<ServiceParts, 'config' | 'certificate' | 'log' | 'onFatal'> {}

export interface OpenCompany extends Pick<ServiceParts, 'imapHouseOf'> {
  /** As the server has it in this company. */
  readonly config: Config;
  /** With every door open; lines for the start-up text. */
  furnish(running: RunningServices): Promise<readonly string[]>;
  /** Behind the server. */
  close(): Promise<void>;
}

const alone: Company = {
  open: async ({ config }) => ({ config, furnish: async () => [], close: async () => {} }),
};

/** Serves until SIGTERM or SIGINT; the exit code. Rejects where it refuses to start. */
export async function serve(given: Config, company: Company = alone): Promise<number> {
  const log = makeLog(given.logLevel);
  const stop = stopSignal(log);
  const folder = takeDataFolder(given.data);
  const certificate = await RenewableCertificate.load(given);
  renewAtHangup(certificate, log);
  const onFatal = (error: Error): never => endAtOnce(log, error);
  const beside = await company.open({ config: given, certificate, log, onFatal });
  const { config, imapHouseOf } = beside;
  const engines = await startEngines(config, onFatal);
  reportRecovery(log, engines.recovery);
  const running = await startServices({ config, engines, certificate, log, onFatal, imapHouseOf });
  const removePid = writePid(config.data);
  await running.house.projections.settle();
  const news = await beside.furnish(running);
  collectWhenIdle(() => running.house.giveBackMemory());
  announce(config, running.doors, certificate.current, await running.house.setUp.open(), news);
  // Now, because a server that is killed keeps nothing at its end: the next start takes half of the time.
  flushCompileCache();
  await stop;
  log.info('stopping: what is on its way in is finished first');
  await running.close();
  await engines.close();
  await beside.close();
  removePid();
  folder.release();
  log.info('stopped');
  return 0;
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process without waiting. */
function stopSignal(log: Log): Promise<void> {
  process.on('uncaughtException', (error) => {
    log.fault('unforeseen', error);
    process.exit(1);
  });
  return new Promise((resolve) => {
    let asked = false;
    const ask = (): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve();
    };
    process.on('SIGTERM', ask);
    process.on('SIGINT', ask);
  });
}

/** SIGHUP reads the certificate anew: who renews it sends one. */
function renewAtHangup(certificate: RenewableCertificate, log: Log): void {
  process.on('SIGHUP', () => {
    certificate.renew().then(
      ({ fingerprint }) => log.info('the certificate was read anew', { fingerprint }),
      (error) => log.fault('the certificate stays what it was', error),
    );
  });
}

function endAtOnce(log: Log, error: Error): never {
  log.fault(
    'the storage is broken; the process ends, and what was not acknowledged will be sent again',
    error,
  );
  process.exit(storageBrokenExitCode);
}

function announce(
  config: Config,
  { listening }: OpenDoors,
  { fingerprint, selfSigned }: ServerCertificate,
  /** Null where the server has been set up. */
  setUpSecret: string | null,
  news: readonly string[],
): void {
  const lines = [
    `Muniment serves ${config.data} as ${config.hostname}.`,
    ...listening.map(({ name, address }) => `  ${name.padEnd(18)}${address}`),
    selfSigned ? `  certificate       self-signed, SHA-256 ${fingerprint}` : '',
    config.listen === '127.0.0.1'
      ? '  Only this machine can connect: MUNIMENT_LISTEN=0.0.0.0 opens it to the network.'
      : '',
    setUpSecret === null ? '' : setUpText(config, setUpSecret),
    ...news,
    'Ready.',
  ];
  process.stdout.write(`${lines.filter((line) => line !== '').join('\n')}\n`);
}

/** In the fragment, so that no proxy and no log of requests sees the secret. */
function setUpText({ listen, httpPort, httpsPort }: Config, secret: string): string {
  const command = 'bin/muniment domain add NAME, then bin/muniment account passwd admin@NAME';
  const host = listen.includes(':') ? `[${listen}]` : listen;
  const reached = ['0.0.0.0', '[::]'].includes(host) ? '127.0.0.1' : host;
  if (httpPort === 0 && httpsPort === 0) return `  Nobody can sign in as administrator yet: ${command}`;
  const origin = httpPort === 0 ? `https://${reached}:${httpsPort}` : `http://${reached}:${httpPort}`;
  return `  Set it up, once:  ${origin}/console/#/set-up/${secret}\n  or by commands:   ${command}`;
}
