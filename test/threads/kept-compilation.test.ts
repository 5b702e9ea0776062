/** What a start compiled is kept at once: also a server that is killed starts faster the next time. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RealServer } from '../support/real-server.ts';

test('a killed server has kept what it compiled', { timeout: 60_000 }, async (t) => {
  const cache = mkdtempSync(join(tmpdir(), 'muniment-compiled-'));
  const server = await RealServer.prepare({ NODE_COMPILE_CACHE: cache });
  t.after(async () => {
    await server.dispose();
    rmSync(cache, { recursive: true });
  });
  const kept = (): number => readdirSync(cache, { recursive: true }).length;
  await server.start();
  while (kept() < 200) await sleep(50);
  await server.kill();
  assert.ok(kept() >= 200);
});
