/** The scanner on the caller's thread: for tests, and for verbs that open the data while no server runs. */
import type { Scan, ScannedMail, Scanner, ScanWishes } from '../blob-store/scanner-port.ts';
import { ScanJob, type ScanOptions } from './scanner-core.ts';

export class InProcessScanner implements Scanner {
  readonly #options: ScanOptions;

  constructor(options: ScanOptions) {
    this.#options = options;
  }

  begin(wishes?: ScanWishes): Scan {
    const job = new ScanJob(this.#options, wishes);
    return {
      write: async (octets) => job.write(octets),
      finish: async () => job.finish(),
      abort: () => job.abort(),
    };
  }

  async scanWhole(octets: Uint8Array): Promise<ScannedMail> {
    const job = new ScanJob(this.#options);
    job.write(octets);
    return job.finish();
  }

  async close(): Promise<void> {}
}
