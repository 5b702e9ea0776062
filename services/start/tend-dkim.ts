/** Looks after the signing keys of all domains: at the start, and every few minutes. */
import type { Directory } from '../../projections/directory-queries.ts';
import type { DkimKeys } from '../authentication/dkim-keys.ts';
import type { Log } from '../log.ts';

const intervalMs = 5 * 60_000;

/** The returned function ends it. */
export function tendDkim(
  dkim: DkimKeys,
  directory: Pick<Directory, 'domains'>,
  log: Log,
): () => Promise<void> {
  let running = Promise.resolve();
  const tend = (): void => {
    const names = directory.domains().map(({ name }) => name);
    running = running
      .then(() => dkim.tend(names, Date.now()))
      .catch((error) => log.fault('looking after signing keys', error));
  };
  tend();
  const timer = setInterval(tend, intervalMs);
  return () => {
    clearInterval(timer);
    return running;
  };
}
