/** The outgoing queue: `/api/queue`. */
import type { DeliveryRow } from '../../../projections/deliveries-queries.ts';
import type { DeliveryRequest } from '../../delivery-requests.ts';
import { Refused, refuse } from '../../domain/refusals.ts';
import type { Handlers } from './api-call.ts';
import { defaultPageItems } from './contract/fields.ts';
import type { queueRoutes } from './contract/queue.ts';
import { positionOf } from './page-cursor.ts';

export const queueHandlers: Handlers<typeof queueRoutes> = {
  async listQueue({ query }, { deliveries, traces, settle }) {
    await settle();
    const limit = query.limit ?? defaultPageItems;
    const from = positionOf(query) ?? 0;
    const { all, search } = query;
    const rows = deliveries.list({ all, search, offset: from, limit: limit + 1 });
    const items = rows.slice(0, limit).map((row) => {
      const { returnPath: sender = '', subject = '' } = traces.head(row.message) ?? {};
      return { ...deliveryItemOf(row), sender, subject };
    });
    const next = rows.length > limit ? String(from + limit) : null;
    return { items, next, waiting: deliveries.length() };
  },
  /** One that is refused does not keep the others from being changed. */
  async changeQueue({ body, actor }, { queue, settle }) {
    const request = requestOf(body);
    const done: string[] = [];
    const refused: { delivery: string; code: string }[] = [];
    for (const delivery of body.deliveries) {
      try {
        await queue.ask(delivery, request, actor);
        done.push(delivery);
      } catch (error) {
        if (!(error instanceof Refused) || error.refusal.refused === 'addressInvalid') throw error;
        refused.push({ delivery, code: error.refusal.refused });
      }
    }
    await settle();
    return { done, refused };
  },
};

interface Change {
  readonly change: 'retry' | 'hold' | 'release' | 'redirect' | 'bounce';
  readonly reason: string;
  readonly to?: string | undefined;
}

function requestOf({ change, reason, to }: Change): DeliveryRequest {
  if (change === 'bounce') return { kind: 'cancel', reason };
  if (change !== 'redirect') return { kind: change, reason };
  if (to === undefined) throw new Refused(refuse('addressInvalid', 'the address is missing'));
  return { kind: 'redirect', recipient: to, reason };
}

export function deliveryItemOf(row: DeliveryRow) {
  return { ...row };
}
