/** The outgoing queue of this process. */
import type { Deliveries } from '../../projections/deliveries-queries.ts';
import type { MailSigning } from '../authentication/mail-signing.ts';
import type { Dispatcher } from '../dispatch.ts';
import type { MailReader } from '../mailstores/mail-reader.ts';
import { Connections } from './connections.ts';
import { DeliveryLog } from './delivery-log.ts';
import { DeliveryQueue, type QueueParts } from './delivery-queue.ts';
import type { DeliverySettings } from './delivery-settings.ts';
import { Routes } from './routes.ts';
import { Transactions } from './transaction.ts';

export interface DeliveryParts extends Pick<QueueParts, 'reached' | 'head' | 'report'> {
  readonly dispatcher: Pick<Dispatcher, 'dispatch' | 'load' | 'onEvent'>;
  readonly mails: Pick<MailReader, 'open' | 'stream'>;
  readonly signing: Pick<MailSigning, 'sign'>;
  readonly deliveries: Deliveries;
}

export interface RunningDelivery {
  /** Begins nothing new; what runs ends by itself or, after a while, is broken off. Outcomes are recorded. */
  close(): Promise<void>;
}

/** Events by which somebody wants another try at once. */
const askedAnew = new Set(['RetryRequested', 'DeliveryReleased', 'DeliveryRedirected']);

export function startDelivery(parts: DeliveryParts, settings: DeliverySettings): RunningDelivery {
  const { dispatcher, mails, signing, deliveries, reached, head, report } = parts;
  const stopping = new AbortController();
  const log = new DeliveryLog(dispatcher, report, stopping.signal);
  const routes = new Routes(settings);
  const connections = new Connections(settings);
  const transactions = new Transactions({
    log,
    routes,
    connections,
    mails,
    signing,
    retryMs: settings.retryMs,
    timeoutMs: settings.transactionTimeoutMs,
    report,
  });
  const queue = new DeliveryQueue({
    deliveries,
    reached,
    head,
    onEvent: (listener) =>
      dispatcher.onEvent('delivery', (event) => {
        if (askedAnew.has(event.type)) {
          routes.forget();
          connections.forgetFailures();
        }
        listener(event);
      }),
    log,
    transactions,
    toRelay: settings.relay !== null,
    limits: settings,
    report,
  });
  queue.start();
  return {
    close: async () => {
      const breakOff = setTimeout(() => {
        stopping.abort();
        connections.close();
      }, settings.stopGraceMs);
      await queue.stop();
      clearTimeout(breakOff);
      connections.close();
    },
  };
}
