/** Progress of long work on one line of the terminal; nothing where nobody watches. */
import type { Progress } from './verb.ts';

const redrawMs = 200;

export function progressLine(): { show: Progress; clear(): void } {
  if (!process.stderr.isTTY) return { show: () => {}, clear: () => {} };
  let drawnAtMs = 0;
  return {
    show: (done, total, what) => {
      if (Date.now() - drawnAtMs < redrawMs) return;
      drawnAtMs = Date.now();
      const percent = total > 0 ? ` (${Math.min(100, Math.floor((done / total) * 100))} %)` : '';
      process.stderr.write(`\r\u001b[K${what}: ${done} of ${total}${percent}`);
    },
    clear: () => process.stderr.write('\r\u001b[K'),
  };
}
