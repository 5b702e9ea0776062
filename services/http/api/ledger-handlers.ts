/** The log's head and its verification: `/api/ledger`. */
import type { Checkpoint } from '../../ledger/checkpoint.ts';
import type { Handlers } from './api-call.ts';
import type { ledgerRoutes } from './contract/ledger.ts';

export const ledgerHandlers: Handlers<typeof ledgerRoutes> = {
  showLedger(_, { ledger }) {
    const { sealer } = ledger;
    return { log: sealer.logId, records: sealer.size, head: sealer.head && headOf(sealer.head) };
  },
  async sealLedger(_, { ledger }) {
    return headOf(await ledger.sealer.sealNow());
  },
  async downloadHead(call, { ledger }) {
    const head = ledger.sealer.head ?? (await ledger.sealer.sealNow());
    call.setFileName(`checkpoint-${head.size}.txt`);
    return Buffer.from(ledger.textOf(head));
  },
  startVerification(call, { verification }) {
    verification.start(call.permit(null));
    return verification.report();
  },
  showVerification(_, { verification }) {
    return verification.report();
  },
};

function headOf({ size, root, sealedAt }: Checkpoint) {
  return { size, root, sealedAtMs: sealedAt };
}
