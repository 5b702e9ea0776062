/** A rule is tried before it is published: what is wrong is said where, and on mail of the past: the real server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../support/api-client.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const prices = {
  name: 'prices',
  owner: addressOf('li'),
  reason: 'prices stay inside',
  scope: { direction: 'sent' },
  when: { test: 'text', in: ['subject', 'body'], words: ['price'] },
  actions: [{ do: 'deliver' }],
};

flowOnEveryLog('rules are tried', { timeout: 120_000 }, (openLog) => {
  let server: RealServer;
  let [admin, chen]: ApiClient[] = [];

  before(async () => {
    server = await RealServer.start(['wang', 'li'], {}, await openLog());
    const add = (name: string, role: string) =>
      server.muniment(...['account', 'add', addressOf(name), '--password', passwordOf(name), '--role', role]);
    await add('sun', 'administrator');
    await add('chen', 'auditor');
    [admin, chen] = ['sun', 'chen'].map(
      (name) => new ApiClient(server.ports.http, addressOf(name), passwordOf(name)),
    );
    const smtp = await SmtpClient.connect(server.ports.submission);
    await smtp.login(addressOf('wang'), passwordOf('wang'));
    for (const [subject, text] of [
      ['The price', 'Ten.'],
      ['An offer', 'For that price we deliver.'],
      ['Minutes', 'Nothing.'],
    ]) {
      const mail = `From: wang@acme.example\r\nTo: li@acme.example\r\nSubject: ${subject}\r\n\r\n${text}\r\n`;
      await smtp.send(addressOf('wang'), [addressOf('li')], Buffer.from(mail));
    }
    await smtp.quit();
  });
  after(() => server?.dispose());

  test('what is wrong is said where it stands', async () => {
    const wrong = {
      ...prices,
      owner: 'li',
      scope: { people: ['wang@acme.example', 'nobody@acme.example'] },
      when: { all: [{ test: 'recipients', over: 'many' }] },
      actions: [{ do: 'refuse' }],
    };
    const fieldsOf = async (rule: object) => {
      const { problems = [] } = await admin!.refused('publishRule', { body: { text: JSON.stringify(rule) } });
      return problems.map(({ field }) => field).sort();
    };
    assert.deepEqual(await fieldsOf(wrong), [
      'text › actions › 1 › text',
      'text › owner',
      'text › when › all › 1 › over',
    ]);
    const strangers = { ...wrong, owner: prices.owner, when: prices.when, actions: prices.actions };
    assert.deepEqual(await fieldsOf(strangers), ['text › scope › people › 2']);
  });

  test('on an accepted mail, by whoever has opened it with a reason', async () => {
    const { items } = await chen!.ask('searchMessages', { query: { subject: 'An offer' } });
    const { message } = items[0]!;
    const body = { text: JSON.stringify(prices), message };
    assert.equal((await chen!.refused('tryRule', { body })).code, 'reasonMissing');
    await chen!.ask('openMail', { params: { message }, body: { reason: 'a complaint' } });
    const tried = await chen!.ask('tryRule', { body });
    assert.deepEqual([tried.outcome, tried.recipients], ['hit', [addressOf('li')]]);
    const [{ in: place, before, found, after: behind }] = tried.reasons[0]!.places as [
      (typeof tried.reasons)[0]['places'][0],
    ];
    assert.deepEqual([place, before, found, behind.trim()], ['body', 'For that ', 'price', 'we deliver.']);
    assert.equal((await admin!.refused('tryRule', { body })).code, 'reasonMissing');
    const neither = await admin!.refused('tryRule', { body: { text: body.text } });
    assert.equal(neither.problems?.[0]?.field, 'mail');
  });

  test('on the mail of the last thirty days, by what the log has of it', async () => {
    const begun = await admin!.ask('startDryRun', { body: { text: JSON.stringify(prices) } });
    assert.deepEqual([begun.state, begun.total], ['running', 3]);
    for (;;) {
      const { state, done, hits, undecidable, latest } = await admin!.ask('showDryRun');
      if (state === 'running') {
        await sleep(50);
        continue;
      }
      assert.deepEqual([state, done, hits, undecidable], ['ended', 3, 1, 2]);
      assert.deepEqual(
        latest.map(({ subject }) => subject),
        ['The price'],
      );
      break;
    }
    assert.equal((await chen!.ask('showDryRun')).state, 'none');
  });
});
