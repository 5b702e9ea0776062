import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MessagePlaces } from '../../services/domain/message-places.ts';
import { newEventId } from '../../services/identifiers.ts';
import { randomCommand } from '../projections/random-mailstore-commands.ts';
import { MailstoreBench } from '../support/mailstore-bench.ts';
import { seededRandom } from '../support/seeded-random.ts';

interface Known {
  readonly messages: Map<string, string[]>;
  readonly threads: Map<string, string[]>;
}

/** Where everything is, by looking at every row. */
function lookedOver({ state }: MailstoreBench): Known {
  const known: Known = { messages: new Map(), threads: new Map() };
  for (const { id, rows } of state.mailboxes.values()) {
    for (const uid of rows.allUids()) {
      const place = rows.find(uid);
      for (const [map, key] of [
        [known.messages, rows.messageAt(place)],
        [known.threads, rows.threadAt(place)],
      ] as const)
        map.set(key, [...(map.get(key) ?? []), `${id} ${uid}`].sort());
    }
  }
  return known;
}

function named(found: ReturnType<MessagePlaces['ofMessage']>): string[] {
  return found.map(({ mailbox, place }) => `${mailbox.id} ${mailbox.rows.uidAt(place)}`).sort();
}

describe('places of messages', () => {
  test('are what looking at every row finds, whatever is filed, copied, moved and removed', () => {
    for (let seed = 1; seed <= 15; seed++) {
      const random = seededRandom(seed);
      const bench = new MailstoreBench();
      const places = new MessagePlaces();
      const seen = new Set<string>();
      for (let i = 0; i < 120; i++) {
        bench.run(randomCommand(bench.state, random));
        if (random() < 0.6) continue;
        while (!places.takeIn(bench.state, 1 + Math.floor(random() * 500)));
        const { messages, threads } = lookedOver(bench);
        for (const message of [...messages.keys(), ...seen].filter(() => random() < 0.05)) {
          assert.deepEqual(
            named(places.ofMessage(bench.state, message)),
            messages.get(message) ?? [],
            `seed ${seed}`,
          );
          seen.add(message);
        }
        for (const thread of [...threads.keys()].filter(() => random() < 0.05))
          assert.deepEqual(named(places.ofThread(bench.state, thread)), threads.get(thread));
      }
      assert.ok(seen.size > 20);
    }
  });

  test('a thread has its messages in every mailbox', () => {
    const bench = new MailstoreBench();
    const thread = newEventId();
    bench.file(2, { thread });
    bench.file(1);
    bench.file(1, { thread, mailbox: bench.mailbox('Sent').id });
    const places = new MessagePlaces();
    places.takeIn(bench.state, 100);
    assert.equal(places.ofThread(bench.state, thread).length, 3);
    assert.equal(places.ofThread(bench.state, newEventId()).length, 0);
  });

  test('rows are taken in by pieces', () => {
    const bench = new MailstoreBench();
    bench.file(400);
    bench.file(100, { mailbox: bench.mailbox('Sent').id });
    const places = new MessagePlaces();
    let pieces = 1;
    while (!places.takeIn(bench.state, 150)) pieces++;
    assert.equal(pieces, 4);
    assert.equal(places.takeIn(bench.state, 150), true);
  });

  test('what is gone does not heap up', () => {
    const bench = new MailstoreBench();
    const places = new MessagePlaces();
    const inbox = bench.mailbox('INBOX');
    for (let i = 0; i < 40; i++) {
      bench.file(1000);
      while (!places.takeIn(bench.state, 5000));
      bench.run({ kind: 'expunge', mailbox: inbox.id, uids: [1, inbox.uidNext] });
    }
    assert.ok(places.octets < 1_000_000, `${places.octets} octets`);
  });
});
