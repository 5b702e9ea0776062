/** Tells the active rules which rules there are, as soon as their projection knows. */
import type { RuleHistory } from '../../projections/rules-queries.ts';
import type { Log } from '../log.ts';
import type { ActiveRules } from '../rules/active-rules.ts';

export interface RuleSources {
  readonly history: RuleHistory;
  /** True once the projection has that position. */
  readonly reached: (position: number, maxWaitMs: number) => Promise<boolean>;
}

const maxWaitMs = 1000;
const complaintEveryTries = 60;

/**
 * Resolves when it has begun and, where the projection is near, ended. Until then mail is told to come back: nothing is
 * let through that a rule might have stopped. The returned function ends it.
 */
export async function loadRules(
  { history, reached }: RuleSources,
  active: ActiveRules,
  head: number,
  log: Log,
): Promise<() => Promise<void>> {
  let isClosed = false;
  const attempt = async (): Promise<boolean> => {
    if (!(await reached(head, maxWaitMs).catch(() => false))) return false;
    await active.load(history.list(0).map(({ rule }) => rule));
    return true;
  };
  const goOn = async (): Promise<void> => {
    for (let tries = 1; !isClosed && !(await attempt()); tries++) {
      if (tries % complaintEveryTries === 1)
        log.fault(
          'the rules are not known yet, and mail waits: see the projection rules',
          new Error('waiting'),
        );
      await new Promise((resolve) => setTimeout(resolve, maxWaitMs));
    }
  };
  const loading = (await attempt()) ? Promise.resolve() : goOn();
  loading.catch((error) => log.fault('loading the rules', error));
  return async () => {
    isClosed = true;
    await loading.catch(() => {});
  };
}
