/** Several sessions work at random in the same mailbox: each is told enough to see what the others see. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { imapLogin, mailWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import type { ImapClient } from '../support/imap-client.ts';
import { RealServer } from '../support/real-server.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { SessionView } from '../support/session-view.ts';

const flagChoices = ['\\Answered', '\\Deleted', '\\Draft', '\\Flagged', '\\Seen', '$proof'];
const sessions = 6;
const actsOfEach = 150;

flowOnEveryLog('sessions in one mailbox', { timeout: 600_000 }, (openLog) => {
  let server: RealServer;

  before(async () => {
    server = await RealServer.start(['wang'], {}, await openLog());
  });

  after(() => server?.dispose());

  for (const seed of [1, 2, 3]) {
    test(`agree after ${sessions * actsOfEach} random acts, seed ${seed}`, async () => {
      const actors = await Promise.all(
        Array.from({ length: sessions }, (_, i) => Actor.enter(server, seed * 100 + i)),
      );
      await Promise.all(actors.map((actor) => actor.act(actsOfEach)));
      for (const actor of actors) await actor.say('NOOP');
      const views = actors.map(({ view }) => view.known);
      for (const actor of actors) await actor.say('FETCH 1:* (UID FLAGS)');
      const asked = actors.map(({ view }) => view.known);
      for (const [i, actor] of actors.entries()) {
        assert.deepEqual(asked[i], asked[0], `session ${i} and session 0 are shown the same`);
        for (const [number, told] of views[i]!.entries())
          if (!told.includes('null')) assert.equal(told, asked[i]![number], `session ${i} was told so`);
        await actor.leave();
      }
      assert.ok(asked[0]!.length > 0 && views.some((view) => view.some((told) => !told.includes('null'))));
    });
  }
});

/** One session that appends, flags, copies, moves, expunges and looks, and believes what it is told. */
class Actor {
  readonly view = new SessionView();
  readonly #client: ImapClient;
  readonly #random: () => number;

  private constructor(client: ImapClient, seed: number) {
    this.#client = client;
    this.#random = seededRandom(seed);
  }

  static async enter(server: RealServer, seed: number): Promise<Actor> {
    const actor = new Actor(await imapLogin(server, 'wang'), seed);
    await actor.say('SELECT INBOX');
    return actor;
  }

  async say(command: string, literal?: Uint8Array): Promise<void> {
    const reply = await this.#client.command(command, literal);
    assert.match(reply.status, /^(?:OK|NO) /, command);
    this.view.hear(command, reply);
  }

  async act(count: number): Promise<void> {
    for (let acts = 0; acts < count; acts++) await this.#actOnce();
  }

  leave(): Promise<void> {
    return this.#client.logout();
  }

  #actOnce(): Promise<void> {
    const luck = this.#random();
    const { size } = this.view;
    if (size === 0 || luck < 0.25) return this.say(`APPEND INBOX (${this.#flags()})`, mailWith('random'));
    const from = 1 + Math.floor(this.#random() * size);
    const set = `${from}:${Math.min(size, from + Math.floor(this.#random() * 4))}`;
    if (luck < 0.5) return this.say(`STORE ${set} ${this.#sign()}FLAGS (${this.#flags()})`);
    if (luck < 0.6) return this.say(`FETCH ${set} (UID FLAGS)`);
    if (luck < 0.68) return this.say(`COPY ${set} INBOX`);
    if (luck < 0.76) return this.say(`MOVE ${set} ${this.#random() < 0.5 ? 'INBOX' : 'Trash'}`);
    if (luck < 0.84) return this.say('SEARCH DELETED');
    return this.say(luck < 0.92 || size < 20 ? 'NOOP' : 'EXPUNGE');
  }

  #sign(): string {
    return ['+', '-', ''][Math.floor(this.#random() * 3)]!;
  }

  #flags(): string {
    return flagChoices.filter(() => this.#random() < 0.3).join(' ');
  }
}
