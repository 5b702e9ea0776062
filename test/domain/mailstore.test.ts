import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DraftEvent } from '../../services/domain/event.ts';
import { mailstoreLimits } from '../../services/domain/mailstore.ts';
import { pathOf } from '../../services/domain/mailstore-naming.ts';
import {
  emptyMailstore,
  evolveMailstore,
  modseqOf,
  usedOctets,
} from '../../services/domain/mailstore-state.ts';
import { MailstoreBench, startMs } from '../support/mailstore-bench.ts';

const refused = (code: string) => (value: unknown) =>
  assert.equal((value as { refused?: string }).refused, code);
const types = (value: unknown) => (value as DraftEvent[]).map(({ type }) => type);

describe('mailstore: names', () => {
  test('an account begins with INBOX and the special-use mailboxes, ascending UIDVALIDITY', () => {
    const { state } = new MailstoreBench();
    const all = [...state.mailboxes.values()];
    assert.deepEqual(
      all.map(({ name }) => name),
      ['INBOX', 'Drafts', 'Sent', 'Archive', 'Junk', 'Trash'],
    );
    assert.deepEqual(
      all.map(({ uidValidity }) => uidValidity),
      all.map((_, i) => startMs / 1000 + i),
    );
  });

  test('CREATE makes the levels above, in NFC, and refuses a name that is taken', () => {
    const bench = new MailstoreBench();
    assert.deepEqual(
      types(bench.run({ kind: 'createMailbox', path: 'Kunden/Mu\u0308ller/合同', role: 'none' })),
      ['MailboxCreated', 'MailboxCreated', 'MailboxCreated'],
    );
    assert.equal(pathOf(bench.state, bench.mailbox('Kunden/M\u00fcller/合同')), 'Kunden/M\u00fcller/合同');
    refused('mailboxExists')(bench.run({ kind: 'createMailbox', path: 'Kunden/Müller', role: 'none' }));
    refused('mailboxExists')(bench.run({ kind: 'createMailbox', path: 'inbox', role: 'none' }));
  });

  test('bad names are refused', () => {
    const bench = new MailstoreBench();
    for (const path of ['', '/', 'a//b', '/a', 'a%', 'a*b', 'a\u0000', 'x'.repeat(256), 'a/'.repeat(21)]) {
      refused('mailboxNameInvalid')(bench.run({ kind: 'createMailbox', path, role: 'none' }));
    }
    assert.deepEqual(types(bench.run({ kind: 'createMailbox', path: 'with trailing/', role: 'none' })), [
      'MailboxCreated',
    ]);
  });

  test('UIDVALIDITY is never given twice, even when a name returns within one second', () => {
    const bench = new MailstoreBench();
    bench.run({ kind: 'createMailbox', path: 'A', role: 'none' });
    const before = bench.mailbox('A').uidValidity;
    bench.run({ kind: 'deleteMailbox', path: 'A' });
    bench.run({ kind: 'createMailbox', path: 'A', role: 'none' });
    assert.ok(bench.mailbox('A').uidValidity > before);
  });

  test('RENAME keeps identity, UIDVALIDITY and what is below', () => {
    const bench = new MailstoreBench();
    bench.run({ kind: 'createMailbox', path: 'A/B', role: 'none' });
    const { id, uidValidity } = bench.mailbox('A/B');
    bench.run({ kind: 'renameMailbox', path: 'A', newPath: 'New/Place' });
    assert.equal(bench.mailbox('New/Place/B').id, id);
    assert.equal(bench.mailbox('New/Place/B').uidValidity, uidValidity);
    refused('mailboxNameInvalid')(bench.run({ kind: 'renameMailbox', path: 'New', newPath: 'New/Below' }));
    refused('mailboxExists')(bench.run({ kind: 'renameMailbox', path: 'New', newPath: 'INBOX' }));
    refused('mailboxNotFound')(bench.run({ kind: 'renameMailbox', path: 'A', newPath: 'B' }));
  });

  test('RENAME of INBOX moves its messages away and INBOX stays', () => {
    const bench = new MailstoreBench();
    bench.file(3);
    assert.deepEqual(types(bench.run({ kind: 'renameMailbox', path: 'INBOX', newPath: 'Old' })), [
      'MailboxCreated',
      'MessagesMoved',
    ]);
    assert.deepEqual(bench.uids('INBOX'), []);
    assert.deepEqual(bench.uids('Old'), [1, 2, 3]);
    assert.equal(bench.mailbox('INBOX').uidNext, 4);
  });

  test('DELETE refuses INBOX and a mailbox with others below', () => {
    const bench = new MailstoreBench();
    bench.run({ kind: 'createMailbox', path: 'A/B', role: 'none' });
    refused('mailboxProtected')(bench.run({ kind: 'deleteMailbox', path: 'Inbox' }));
    refused('mailboxHasChildren')(bench.run({ kind: 'deleteMailbox', path: 'A' }));
    assert.deepEqual(types(bench.run({ kind: 'deleteMailbox', path: 'A/B' })), ['MailboxDeleted']);
  });

  test('a second mailbox for one special use is refused', () => {
    refused('mailboxExists')(
      new MailstoreBench().run({ kind: 'createMailbox', path: '已发送', role: 'sent' }),
    );
  });
});

describe('mailstore: messages', () => {
  test('filing gives ascending UIDs; a repeat of the same causes changes nothing', () => {
    const bench = new MailstoreBench();
    const filings = [bench.filing(), bench.filing(), bench.filing()];
    bench.run({ kind: 'file', filings });
    assert.deepEqual(bench.run({ kind: 'file', filings }), []);
    assert.deepEqual(bench.uids('INBOX'), [1, 2, 3]);
    assert.equal(bench.mailbox('INBOX').uidNext, 4);
    assert.equal(usedOctets(bench.state), 3000);
  });

  test('a later epoch takes in lower positions again', () => {
    const bench = new MailstoreBench();
    bench.file(2);
    bench.file(1, { causeEpoch: 2, causePosition: 0 });
    assert.deepEqual(bench.uids('INBOX'), [1, 2, 3]);
  });

  test('a mailbox that is gone meanwhile: INBOX', () => {
    const bench = new MailstoreBench();
    bench.file(1, { mailbox: 'ffffffff-ffff-4fff-8fff-ffffffffffff' });
    assert.deepEqual(bench.uids('INBOX'), [1]);
  });

  test('one STORE is one event over the messages that it changes', () => {
    const bench = new MailstoreBench();
    bench.file(10);
    const mailbox = bench.mailbox('INBOX').id;
    bench.run({ kind: 'changeFlags', mailbox, uids: [3, 5], mode: 'add', names: ['\\Seen'] });
    const events = bench.run({
      kind: 'changeFlags',
      mailbox,
      uids: [1, 4294967295],
      mode: 'add',
      names: ['\\seen'],
    });
    assert.deepEqual((events as DraftEvent[])[0]!.data['uids'], [1, 2, 6, 10]);
    assert.equal(bench.mailbox('INBOX').unseen, 0);
    assert.deepEqual(
      bench.run({ kind: 'changeFlags', mailbox, uids: [1, 10], mode: 'add', names: ['\\Seen'] }),
      [],
    );
  });

  test('all are read, in a mailbox where every second one was: one event, however many the gaps', () => {
    const bench = new MailstoreBench();
    for (let filed = 0; filed < 41_000; filed += 1000) bench.file(1000);
    const mailbox = bench.mailbox('INBOX').id;
    const every = (step: number, last: number) => {
      const uids = Array.from({ length: Math.floor(last / step) }, (_, i) => (i + 1) * step);
      return uids.flatMap((uid) => [uid, uid]);
    };
    const read = (uids: readonly number[]) =>
      bench.run({ kind: 'changeFlags', mailbox, uids, mode: 'add', names: ['\\Seen'] });
    read(every(2, 20_000));
    read(every(2, 41_000));
    const [event] = read([1, 4294967295]) as DraftEvent[];
    assert.deepEqual(event!.data['uids'], [1, 41_000]);
    assert.equal(bench.mailbox('INBOX').unseen, 0);
    const scattered = every(2, 41_000);
    refused('requestTooLarge')(
      bench.run({ kind: 'changeFlags', mailbox, uids: scattered, mode: 'add', names: ['\\Flagged'] }),
    );
  });

  test('keywords get their bits once, in any letter case, and replace clears the others', () => {
    const bench = new MailstoreBench();
    bench.file(1);
    const mailbox = bench.mailbox('INBOX').id;
    const change = (mode: 'add' | 'replace' | 'remove', names: string[]) =>
      bench.run({ kind: 'changeFlags', mailbox, uids: [1, 1], mode, names });
    assert.deepEqual(types(change('add', ['$Forwarded', '\\Flagged'])), ['KeywordNamed', 'FlagsChanged']);
    assert.deepEqual(types(change('add', ['NonJunk'])), ['KeywordNamed', 'FlagsChanged']);
    assert.deepEqual(types(change('replace', ['$forwarded'])), ['FlagsChanged']);
    assert.equal(bench.flags('INBOX', 1), 32);
    assert.deepEqual(change('remove', ['NeverNamed']), []);
    refused('keywordInvalid')(change('add', ['\\Recent']));
    refused('keywordInvalid')(change('add', ['with space']));
  });

  test('48 keywords fit, the highest bit survives, the 49th is refused', () => {
    const bench = new MailstoreBench();
    bench.file(1);
    const mailbox = bench.mailbox('INBOX').id;
    const names = Array.from({ length: 48 }, (_, i) => `k${i}`);
    bench.run({ kind: 'changeFlags', mailbox, uids: [1, 1], mode: 'add', names });
    assert.equal(bench.flags('INBOX', 1), 2 ** 53 - 32);
    bench.run({ kind: 'changeFlags', mailbox, uids: [1, 1], mode: 'remove', names: ['k0', 'k46'] });
    assert.equal(bench.flags('INBOX', 1), 2 ** 53 - 64 - 2 ** 51);
    refused('keywordLimit')(
      bench.run({ kind: 'changeFlags', mailbox, uids: [1, 1], mode: 'add', names: ['k48'] }),
    );
  });

  test('UNCHANGEDSINCE leaves alone what changed meanwhile and names it', () => {
    const bench = new MailstoreBench();
    bench.file(3);
    const mailbox = bench.mailbox('INBOX').id;
    const since = bench.mailbox('INBOX').changedModseq;
    bench.run({ kind: 'changeFlags', mailbox, uids: [2, 2], mode: 'add', names: ['\\Seen'] });
    bench.run({
      kind: 'changeFlags',
      mailbox,
      uids: [1, 3],
      mode: 'add',
      names: ['\\Flagged'],
      unchangedSince: since,
    });
    assert.deepEqual(
      [1, 2, 3].map((uid) => bench.flags('INBOX', uid)),
      [4, 1, 4],
    );
  });

  test('COPY keeps flags and dates, MOVE leaves an expunged row; UIDs in source order', () => {
    const bench = new MailstoreBench();
    bench.file(5);
    const from = bench.mailbox('INBOX').id;
    const to = bench.mailbox('Archive').id;
    bench.run({ kind: 'changeFlags', mailbox: from, uids: [2, 2], mode: 'add', names: ['\\Seen'] });
    bench.run({ kind: 'copy', from, uids: [4, 5], to });
    bench.run({ kind: 'move', from, uids: [1, 2], to });
    assert.deepEqual(bench.uids('INBOX'), [3, 4, 5]);
    assert.deepEqual(bench.uids('Archive'), [1, 2, 3, 4]);
    assert.equal(bench.flags('Archive', 4), 1);
    assert.deepEqual(
      bench.mailbox('INBOX').expunged.map(({ uid }) => uid),
      [1, 2],
    );
    assert.equal(bench.mailbox('Archive').unseen, 3);
  });

  test('EXPUNGE takes only what bears \\Deleted, inside the named UIDs', () => {
    const bench = new MailstoreBench();
    bench.file(6);
    const mailbox = bench.mailbox('INBOX').id;
    bench.run({ kind: 'changeFlags', mailbox, uids: [2, 4], mode: 'add', names: ['\\Deleted'] });
    bench.run({ kind: 'expungeDeleted', mailbox, uids: [3, 9] });
    assert.deepEqual(bench.uids('INBOX'), [1, 2, 5, 6]);
    bench.run({ kind: 'expungeDeleted', mailbox, uids: null });
    assert.deepEqual(bench.uids('INBOX'), [1, 5, 6]);
    assert.equal(bench.mailbox('INBOX').deleted, 0);
    assert.equal(bench.mailbox('INBOX').uidNext, 7);
  });

  test('MODSEQ ascends over epochs', () => {
    assert.ok(modseqOf(2, 0) > modseqOf(1, 4_000_000_000));
    assert.equal(modseqOf(1, 0), 2 ** 32 + 1);
  });
});

/** Small seeded generator (mulberry32): the same walk each time. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

describe('mailstore: random walks against a plain model', () => {
  for (const seed of [1, 2, 3]) {
    test(`seed ${seed}: rows, counts and a replay agree`, () => {
      const bench = new MailstoreBench();
      const next = seeded(seed);
      const model = new Map<string, Map<number, number>>([
        ['INBOX', new Map()],
        ['Archive', new Map()],
      ]);
      for (let step = 0; step < 600; step++) randomStep(bench, model, next);
      for (const [path, rows] of model) {
        assert.deepEqual(bench.uids(path), [...rows.keys()]);
        assert.deepEqual(
          [...rows.keys()].map((uid) => bench.flags(path, uid)),
          [...rows.values()],
        );
        const mailbox = bench.mailbox(path);
        assert.equal(mailbox.exists, rows.size);
        assert.equal(mailbox.unseen, [...rows.values()].filter((flags) => (flags & 1) === 0).length);
        assert.equal(mailbox.deleted, [...rows.values()].filter((flags) => (flags & 8) !== 0).length);
        assert.equal(mailbox.sizeOctets, rows.size * 1000);
      }
      const replay = emptyMailstore(bench.account, () => assert.fail());
      for (const event of [...bench.log, ...bench.log]) evolveMailstore(replay, event);
      assert.deepEqual(
        [...replay.mailboxes.values()].map((m) => [...m.rows.allUids()]),
        [...bench.state.mailboxes.values()].map((m) => [...m.rows.allUids()]),
      );
    });
  }
});

function randomStep(
  bench: MailstoreBench,
  model: Map<string, Map<number, number>>,
  next: (below: number) => number,
): void {
  const path = next(2) === 0 ? 'INBOX' : 'Archive';
  const other = path === 'INBOX' ? 'Archive' : 'INBOX';
  const { id, uidNext } = bench.mailbox(path);
  const rows = model.get(path)!;
  const first = 1 + next(uidNext);
  const last = first + next(40);
  const hit = [...rows.keys()].filter((uid) => uid >= first && uid <= last);
  const target = bench.mailbox(other);
  switch (next(6)) {
    case 0:
    case 1: {
      const many = 1 + next(30);
      for (let i = 0; i < many; i++) rows.set(uidNext + i, 0);
      return bench.file(many, { mailbox: id });
    }
    case 2: {
      const names = ['\\Seen', '\\Deleted', '\\Flagged'][next(3)]!;
      const bit = { '\\Seen': 1, '\\Deleted': 8, '\\Flagged': 4 }[names]!;
      for (const uid of hit) rows.set(uid, rows.get(uid)! | bit);
      bench.run({ kind: 'changeFlags', mailbox: id, uids: [first, last], mode: 'add', names: [names] });
      return;
    }
    case 3: {
      for (const [uid, flags] of [...rows]) if (uid >= first && uid <= last && flags & 8) rows.delete(uid);
      bench.run({ kind: 'expungeDeleted', mailbox: id, uids: [first, last] });
      return;
    }
    default: {
      const kind = next(2) === 0 ? 'copy' : 'move';
      for (const [i, uid] of hit.entries()) model.get(other)!.set(target.uidNext + i, rows.get(uid)!);
      if (kind === 'move') for (const uid of hit) rows.delete(uid);
      bench.run({ kind, from: id, uids: [first, last], to: target.id });
    }
  }
}

test('a mailbox takes at most two million messages by COPY', () => {
  assert.equal(mailstoreLimits.maxMessagesPerMailbox, 2_000_000);
  const bench = new MailstoreBench();
  bench.file(1);
  bench.mailbox('Archive').exists = 2_000_000;
  refused('mailboxFull')(
    bench.run({
      kind: 'copy',
      from: bench.mailbox('INBOX').id,
      uids: [1, 1],
      to: bench.mailbox('Archive').id,
    }),
  );
});
