/** The SMTP doors: mail from other servers, and submission by our own people. */
import { Concurrency } from '../concurrency.ts';
import { NetworksList } from '../networks-list.ts';
import { Listener, type ListenerParts } from './listener.ts';
import type { SmtpParts } from './smtp-parts.ts';
import type { ListenerKind, SmtpSettings } from './smtp-settings.ts';

export interface RunningSmtp {
  /** The port of each door that is open. */
  readonly ports: Readonly<Partial<Record<ListenerKind, number>>>;
  /** From the next handshake on. */
  useCertificate(tls: { readonly key: string; readonly cert: string }): void;
  /** Takes no new mail, finishes what is on its way up to `drainTimeoutMs`, and closes every connection. */
  close(): Promise<void>;
}

/** Rejects where a port cannot be had or a setting is no network; then nothing stays open. */
export async function startSmtp(parts: SmtpParts, settings: SmtpSettings): Promise<RunningSmtp> {
  const shared: ListenerParts = {
    ...parts,
    settings,
    sessions: new Concurrency(),
    connections: new Concurrency(),
    sloppyNetworks: new NetworksList(settings.normaliseLineEndsFrom),
  };
  const started: Listener[] = [];
  const close = async () => {
    await Promise.all(started.map((listener) => listener.stop()));
  };
  const ports: Partial<Record<ListenerKind, number>> = {};
  try {
    for (const { kind, port } of settings.listeners) {
      const listener = new Listener(kind, shared);
      ports[kind] = await listener.start(port);
      started.push(listener);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ports,
    useCertificate: (tls) => {
      for (const listener of started) listener.updateSecureContext(tls);
    },
    close,
  };
}
