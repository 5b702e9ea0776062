/** The volumes as `verify` holds them against their headers and manifests. */
import { join } from 'node:path';
import { checkVolumes } from '../blob-store/volume-check.ts';
import type { FileCheck } from '../ledger/verify.ts';

export function volumeFiles(data: string): FileCheck {
  return {
    run: async (logId, onProgress) => {
      const problems = checkVolumes(join(data, 'volumes'), logId, (done, total) =>
        onProgress(done, total, 'volumes'),
      );
      return Array.fromAsync(problems, ({ file, text }) => ({ kind: 'volume' as const, place: file, text }));
    },
  };
}
