/**
 * The order on disk, seen from the system: the mail's octets and its key are synced before its events are written, or
 * sent where the log is elsewhere, these before the answer leaves. Each call is one that the kernel was really asked.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { imapLogin, inboxWith, mailWith, randomLines } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { missing } from '../support/programs.ts';
import { addressOf, RealServer } from '../support/real-server.ts';
import { embeddedLog, type ServerLog } from '../support/server-log.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { readSystemCalls, type SystemCall, straceInto } from '../support/system-calls.ts';

const acceptance = /^250 2\.0\.0 OK ([0-9a-f-]{36}) \d+$/;
/** A mail that stays over 8 MiB gets a file of its own. */
const largeOctets = 9 * 1024 * 1024;

flowOnEveryLog(
  'the order on disk',
  { skip: missing('strace'), watchesWire: true, timeout: 180_000 },
  (openLog) => {
    let scratch: string;
    /** Ids of messages in the order of their acceptance, and the calls of the whole run. */
    const messages: string[] = [];
    let calls: readonly SystemCall[];
    let frames: ReadonlyMap<string, string>;
    /** What events are written to. */
    let logTarget: RegExp;

    before(async () => {
      scratch = await mkdtemp(join(tmpdir(), 'muniment-strace-'));
      const log = await openLog();
      logTarget = targetOf(log);
      const server = await RealServer.start(['wang'], {}, log);
      try {
        await server.stop();
        server.under = straceInto(join(scratch, 'calls'), 100_000);
        await server.start();
        await handIn(server);
        await server.stop();
        frames = await framesOf(server);
      } finally {
        await server.dispose();
      }
      calls = readSystemCalls(join(scratch, 'calls'));
    });

    after(async () => {
      if (scratch) await rm(scratch, { recursive: true });
    });

    async function handIn(server: RealServer): Promise<void> {
      const smtp = await SmtpClient.connect(server.ports.smtp);
      const mails = ['one', 'two', 'three', 'one'].map((subject) => mailWith(subject));
      for (const mail of [...mails, Buffer.concat([mailWith('large'), randomLines(largeOctets)])]) {
        const reply = await smtp.send('peer@peer.example', [addressOf('wang')], mail);
        messages.push(acceptance.exec(reply)![1]!);
      }
      await smtp.quit();
      await inboxWith(server, 'wang', messages.length);
      const imap = await imapLogin(server, 'wang');
      await imap.append('INBOX', mailWith('appended'));
      await imap.ok('SELECT INBOX');
      await imap.ok('UID STORE 1 +FLAGS (proofread)');
      await imap.ok('UID MOVE 2 Trash');
      await imap.logout();
    }

    async function framesOf(server: RealServer): Promise<ReadonlyMap<string, string>> {
      const accepted = (await server.facts()).filter(({ type }) => type === 'MessageAccepted');
      return new Map(accepted.map(({ stream, data }) => [stream, data['frame'] as string]));
    }

    /** The first write to such a file that has the octets in it. */
    function writeOf(file: RegExp, octets: Buffer | string): SystemCall {
      const found = calls.find(
        (call) => /write/.test(call.name) && file.test(call.target) && contains(call, octets),
      );
      assert.ok(found, `nothing of it was written to ${file}`);
      return found;
    }

    /** An event's write was durable before that call. What the log's server does is its own: its answer is waited for. */
    function assertDurable(written: SystemCall, before: SystemCall): void {
      if (logTarget === walTarget) assertSynced(written, before);
      else assert.ok(written.ended < before.begun, `${written.begun} was sent before ${before.begun}`);
    }

    /** The file of a write was synced behind that write, and before another call. */
    function assertSynced({ target, begun: from, ended: written }: SystemCall, before: SystemCall): void {
      const syncs = calls.filter(({ name, target: file }) => /^f(data)?sync$/.test(name) && file === target);
      const sync = syncs.find(({ begun, ended }) => begun > written && ended < before.begun);
      assert.equal(sync?.result, '0', `${target} was not synced between ${from} and ${before.begun}`);
    }

    function lastWriteTo({ target }: SystemCall, before: SystemCall): SystemCall {
      const writes = calls.filter(
        ({ name, target: file, begun }) => /write/.test(name) && file === target && begun < before.begun,
      );
      return writes.at(-1)!;
    }

    /** Octets and key before the events, the events before the answer. */
    function assertOrder(stream: string, answer: SystemCall): void {
      const log = writeOf(logTarget, `"stream":"${stream}"`);
      const frame = Buffer.from(frames.get(stream)!.replaceAll('-', ''), 'hex');
      const octets = writeOf(
        /volumes\/(\d+\.vol|(incoming|large)\/.*)$/,
        Buffer.concat([Buffer.from('MFR1\0\0\0\0'), frame]),
      );
      const key = writeOf(/keys\/keys\.sqlite-wal$/, stream);
      // The log's own last write may be of the next group already, which nobody was answered for.
      for (const each of [octets, key]) assertSynced(lastWriteTo(each, log), log);
      assertDurable(log, answer);
    }

    const answerWith = (octets: string): SystemCall => writeOf(/^TCP/, octets);

    test('volume and key, then log, then `250`', () => {
      for (const message of messages.slice(0, 4))
        assertOrder(`message-${message}`, answerWith(`250 2.0.0 OK ${message}`));
    });

    test('a mail with octets that are known already has its key synced as well', () => {
      const [first, again] = [messages[0]!, messages[3]!].map((message) => frames.get(`message-${message}`));
      assert.equal(first, again, 'the second one has the frame of the first');
    });

    test('a mail over 8 MiB: its own file and the file’s name', () => {
      const message = messages[4]!;
      const answer = answerWith(`250 2.0.0 OK ${message}`);
      assertOrder(`message-${message}`, answer);
      const named = calls.find(
        ({ name, args }) =>
          /^(rename|link)/.test(name) && args.includes(escaped(frames.get(`message-${message}`)!)),
      );
      assert.ok(named, 'the file was named');
      const log = writeOf(logTarget, `"stream":"message-${message}"`);
      const folder = calls.find(
        ({ name, target, begun }) =>
          name === 'fsync' && /volumes\/large$/.test(target) && begun > named.ended,
      );
      assert.ok(folder && folder.ended < log.begun, 'and the name synced');
    });

    test('APPEND: the same before its OK', () => {
      const [appended] = [...frames.keys()].filter(
        (stream) => !messages.includes(stream.slice('message-'.length)),
      );
      assertOrder(appended!, answerWith('OK [APPENDUID'));
    });

    test('STORE and MOVE: the log before their OK', () => {
      for (const [type, answer] of [
        ['FlagsChanged', 'proofread'],
        ['MessagesMoved', 'COPYUID'],
      ] as const) {
        const log = writeOf(logTarget, `"type":"${type}"`);
        assertDurable(log, answerWith(answer));
      }
    });
  },
);

const walTarget = /log\/events\.sqlite-wal$/;

function targetOf(log: ServerLog): RegExp {
  if (log === embeddedLog) return walTarget;
  const { port } = new URL(log.settings['MUNIMENT_EVENT_STORE_URL']!);
  return new RegExp(`^TCP.*->.*:${port}\\]`);
}

function contains(call: SystemCall, octets: Buffer | string): boolean {
  return call.args.includes(escaped(octets));
}

function escaped(octets: Buffer | string): string {
  return Buffer.from(octets).toString('hex').replaceAll(/../g, '\\x$&');
}
