/** The settings of the demonstration: of the server, and of the partner beside it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError, readConfig } from '../config.ts';

/** What stands where the environment says nothing; a configuration file is somebody's real server and counts for less. */
const demoEnvironment = {
  MUNIMENT_DATA: './data-demo',
  // Links in notices open on this machine.
  MUNIMENT_HOSTNAME: 'localhost',
  MUNIMENT_LANGUAGE: 'zh-CN',
};

/** Whatever is configured, invented mail goes into no log of a real server and under no key of one. */
const ownStores = { eventStoreUrl: null, rootKeyFile: null, adminPassword: null } as const;

/** Throws `ConfigError`. `file` null: `muniment.config.json` in the working folder, where it exists. */
export function demoConfig(environment: NodeJS.ProcessEnv, file: string | null): Config {
  // A variable that is empty says nothing (`readConfig`), and must not uncover what the file says.
  const said = Object.entries(environment).filter(([, value]) => value !== '');
  return { ...readConfig({ ...demoEnvironment, ...Object.fromEntries(said) }, file), ...ownStores };
}

/** People with known passwords come into no house but their own. Throws `ConfigError`. */
export function refuseRealFolder(data: string): void {
  // The partner is made before anything else of a demonstration.
  if (!existsSync(join(data, 'keys')) || existsSync(partnerFolder(data))) return;
  throw new ConfigError(
    `${data} belongs to a real server: the demonstration wants a folder of its own (MUNIMENT_DATA).`,
  );
}

function partnerFolder(data: string): string {
  return join(data, 'partner');
}

/**
 * All that anybody sends elsewhere goes to the partner, who takes mail for their own domain and refuses every other:
 * nothing invented leaves this machine.
 */
export function withPartner(config: Config, partnerSmtpPort: number): Config {
  return { ...config, relayUrl: `smtp://127.0.0.1:${partnerSmtpPort}` };
}

/** A server of its own, in a folder of its own, that listens for SMTP alone. */
export function partnerConfig(config: Config, smtpPort: number): Config {
  return {
    ...config,
    data: partnerFolder(config.data),
    hostname: 'mail.outside.example',
    listen: '127.0.0.1',
    smtpPort,
    submissionPort: 0,
    submissionsPort: 0,
    imapPort: 0,
    imapsPort: 0,
    pop3Port: 0,
    pop3sPort: 0,
    httpPort: 0,
    httpsPort: 0,
    // It sends nothing on: port 9 discards.
    relayUrl: 'smtp://127.0.0.1:9',
    language: 'en',
  };
}
