/** The partner: a second house in this process, with a log, keys and volumes of its own. It gets mail by SMTP like any other. */
import { createServer } from 'node:net';
import type { ImapServices } from '../imap/imap-services.ts';
import { takeDataFolder } from '../start/data-folder.ts';
import { startEngines } from '../start/engines.ts';
import { imapHouse } from '../start/imap-house.ts';
import type { CompanyServer } from '../start/serve.ts';
import { type RunningServices, startServices } from '../start/services.ts';
import { partnerConfig } from './demo-config.ts';

export interface Partner {
  /** On 127.0.0.1. */
  readonly smtpPort: number;
  readonly running: RunningServices;
  /** For the server's IMAP listeners. */
  readonly imap: ImapServices;
  close(): Promise<void>;
}

export async function openPartner({
  config: server,
  certificate,
  log,
  onFatal,
}: CompanyServer): Promise<Partner> {
  const smtpPort = await freePort();
  const config = partnerConfig(server, smtpPort);
  const folder = takeDataFolder(config.data);
  const engines = await startEngines(config, onFatal);
  const running = await startServices({ config, engines, certificate, log, onFatal });
  await running.house.projections.settle();
  return {
    smtpPort,
    running,
    imap: imapHouse({ config, ...running, certificate, log }),
    close: async () => {
      await running.close();
      await engines.close();
      folder.release();
    },
  };
}

/** A port that nobody listens on at this moment. */
function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
