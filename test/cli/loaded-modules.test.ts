/** Most verbs ask the serving process: the command loads no server, engine or reader of mails for that. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url);
const command = fileURLToPath(new URL('services/main.ts', root));

/** A verb that works on the folder itself takes it; `verify` follows what was changed on a mail's way. */
const needed = ['/services/start/data-folder.ts', '/services/mail/octet-edits.ts'];

/** Runs before the command, and says at the end what it has loaded. */
const witness = `
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
  process.on('exit', () => process.stderr.write(JSON.stringify(loaded)));
`;

test('a verb that the server carries out loads neither the server nor a package for it', async () => {
  const hook = `data:text/javascript,${encodeURIComponent(witness)}`;
  const { stderr } = await run(process.execPath, ['--import', hook, command, 'help']);
  const loaded = (JSON.parse(stderr) as string[]).filter((url) => url.startsWith('file:'));
  assert.ok(loaded.some((url) => url.endsWith('/services/cli/verbs/rule-test.ts')));
  const packages = loaded.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  assert.deepEqual([...new Set(packages)], ['csv-parse']);
  const starting = loaded.filter((url) => /\/services\/(start|threads|mail)\//.test(url));
  assert.deepEqual(
    starting.filter((url) => !needed.some((file) => url.endsWith(file))),
    [],
  );
});
