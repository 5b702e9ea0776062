/**
 * Runs every test file in a process of its own (`npm test`), the long ones first: whatever is short fills the cores
 * while the last of them end. Prints as `node --test` does; exit code 1 where a test fails.
 */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const home = fileURLToPath(new URL('..', import.meta.url));

/** Files of more than half a minute, the longest first. */
const longest = [
  'flows/approval-kill',
  'flows/kill',
  'flows/power-cut',
  'web/looks',
  'flows/approval',
  'web/hostile-mail',
  'web/writing',
  'flows/bad-input-smtp',
  'flows/bad-input-imap',
  'flows/log-lost',
  'flows/restore',
  'flows/corpus',
  'flows/dovecot-agreement',
  'flows/damage',
  'flows/accounts',
  'flows/command-line',
  'event-store/weak-server',
  'event-store/weak-event-store',
].map((name) => `test/${name}.test.ts`);
/** Rooms whose tests start servers and browsers. */
const slowRooms = /^test\/(flows|web|delivery|event-store)\//;

/** Lower is earlier. */
function turnOf(file: string): number {
  const named = longest.indexOf(file);
  if (named >= 0) return named;
  return longest.length + (slowRooms.test(file) ? 0 : 1);
}

const files = globSync('test/**/*.test.ts', { cwd: home })
  .sort()
  .sort((a, b) => turnOf(a) - turnOf(b));
const gone = longest.filter((file) => !files.includes(file));
if (gone.length > 0) throw new Error(`test/run.ts names ${gone.join(', ')}, and there is no such file`);

// What the type stripper and the compiler made of each file is read again: half of what a short test file costs.
process.env['NODE_COMPILE_CACHE'] ??= `${home}node_modules/.cache/compiled`;
// Many wait for a server's clock, not for a core.
const concurrency = 2 * availableParallelism();
// A file whose suite ran out of time with something open ends all the same, and the run says so.
const tests = run({ cwd: home, files, concurrency, execArgv: ['--test-force-exit'] });
tests.on('test:fail', () => {
  process.exitCode = 1;
});
await pipeline(tests.compose(new spec()), process.stdout, { end: false });
