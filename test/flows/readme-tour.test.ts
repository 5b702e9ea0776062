/** The README's tour, word for word, against a fresh server on the default ports. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { missing } from '../support/programs.ts';
import { RealServer } from '../support/real-server.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const tour = readFileSync(join(root, 'README.md'), 'utf8').split('## A tour')[1]!.split('\n## ')[0]!;
const blocks = [...tour.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]!);

/** What each block must say, in order. */
const expected: readonly RegExp[] = [
  /domain acme\.example is added[\s\S]*wang@acme\.example is added/,
  /250 2\.0\.0 OK [0-9a-f-]{36} \d+/,
  /Received: [\s\S]*Subject: Offer[\s\S]*Ten crates, please\./,
  /MessageAccepted[\s\S]*MessagesFiled/,
  /Everything holds/,
  /^Sound: nothing was changed and nothing is missing\./,
  /^BROKEN[\s\S]*mail: [\s\S]*volumes\/00000000\.vol/,
];

describe('the tour of the README', { skip: missing('curl', 'unzip', 'python3') }, () => {
  let server: RealServer;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'muniment-tour-'));
    symlinkSync(join(root, 'bin'), join(folder, 'bin'));
    server = await RealServer.prepare({ MUNIMENT_SMTP_PORT: '1025', MUNIMENT_IMAP_PORT: '1143' });
    await server.start();
  });

  after(async () => {
    await server?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  test('has as many blocks as are checked here', () => assert.equal(blocks.length, expected.length));

  for (const [i, block] of blocks.entries()) {
    test(`block ${i + 1}: ${block.split('\n')[0]!.slice(0, 60)}`, async () => {
      const { stdout } = await run('bash', ['-euc', block], {
        cwd: folder,
        env: { ...process.env, MUNIMENT_DATA: server.data },
      });
      assert.match(stdout, expected[i]!);
    });
  }
});
