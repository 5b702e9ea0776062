/**
 * Damage in the databases themselves: what follows from the volumes is made anew, and the log and the keys, which
 * follow from nothing, are refused in words.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { assertRefused, DamagedCopies, verifyExit } from '../support/damaged-copies.ts';
import { deliver, imapLogin, inboxWith, mailWith } from '../support/delivered-mail.ts';
import { RealServer } from '../support/real-server.ts';

const mails = Array.from({ length: 60 }, (_, i) => mailWith(`mail ${i}`, `text ${i}`.repeat(1 + i * 3)));
const pageOctets = 4096;

describe('damage in databases', { timeout: 300_000 }, () => {
  let copies: DamagedCopies;
  let server: RealServer;
  let stopped: string;

  before(async () => {
    copies = await DamagedCopies.make();
    server = await RealServer.start(['wang']);
    await deliver(server, 'wang', mails);
    await server.stop();
    stopped = await copies.keep(server.data, 'stopped');
    await server.dispose();
  });

  afterEach(() => server?.kill());
  after(() => copies?.remove());

  async function onChanged(file: string, change: (octets: Buffer) => unknown): Promise<void> {
    server = await copies.damaged(stopped, (data) => {
      const octets = readFileSync(join(data, file));
      change(octets);
      writeFileSync(join(data, file), octets);
    });
  }

  async function assertAllThere(): Promise<void> {
    assert.equal((await inboxWith(server, 'wang', mails.length)).length, mails.length);
    const { code, stdout } = await server.verb('verify');
    assert.equal(code, verifyExit.sound, stdout);
  }

  for (const [what, change] of [
    ['its header', (octets) => octets.fill(7, 0, 100)],
    ['its schema', (octets) => octets.fill(7, 100, pageOctets)],
    ['every page behind the first', (octets) => octets.fill(7, pageOctets)],
    ['one page behind the first', (octets) => octets.fill(7, octets.length - pageOctets)],
  ] as [string, (octets: Buffer) => unknown][]) {
    test(`volumes/location.sqlite, ${what}: made anew, and said`, async () => {
      await onChanged('volumes/location.sqlite', change);
      await server.start();
      assert.match(server.output, /volumes\/location\.sqlite was damaged .*made anew/);
      await assertAllThere();
    });

    test(`volumes/structures.sqlite, ${what}: nobody notices`, async () => {
      await onChanged('volumes/structures.sqlite', change);
      await server.start();
      const client = await imapLogin(server, 'wang');
      await client.ok('SELECT INBOX');
      const { untagged } = await client.ok('FETCH 1:* (ENVELOPE BODYSTRUCTURE)');
      assert.equal(
        untagged.filter((line) => /^\d+ FETCH .*ENVELOPE .*BODYSTRUCTURE/.test(line)).length,
        mails.length,
      );
      await client.logout();
      await deliver(server, 'wang', mails.slice(0, 3), mails.length);
      assert.equal(await server.stop(), 0);
    });
  }

  for (const [file, remedy] of [
    ['keys/keys.sqlite', /backup of the key store/],
    ['log/events.sqlite', /muniment restore/],
  ] as const) {
    test(`${file}, its header: refused`, async () => {
      await onChanged(file, (octets) => octets.fill(7, 0, 16));
      await assertRefused(server, new RegExp(`${file}: it cannot be read`), remedy, /Nothing was changed/);
      const { code, stdout } = await server.verb('verify');
      assert.equal(code, verifyExit.broken, stdout);
      assert.match(stdout, new RegExp(`store: .*${file}: it cannot be read`));
    });

    test(`${file}, its schema: refused`, async () => {
      await onChanged(file, (octets) => octets.write('CREATF', octets.indexOf('CREATE TABLE')));
      await assertRefused(server, new RegExp(`${file}: it cannot be read`), remedy);
    });

    test(`${file}, the name of a column in its schema: refused`, async () => {
      const column = file.startsWith('keys') ? 'wrapped BLOB' : 'revision INTEGER';
      await onChanged(file, (octets) => octets.write('x', octets.indexOf(column)));
      await assertRefused(server, new RegExp(`${file}: it cannot be read`), remedy);
    });
  }
});
