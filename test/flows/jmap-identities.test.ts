/** Identities (RFC 8621 §6) over the real server: under which addresses somebody sends, and how that looks. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { type Answer, JmapClient } from '../support/jmap-client.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';

flowOnEveryLog('identities', { timeout: 120_000 }, (openLog) => {
  let server: RealServer;
  let li: JmapClient;

  before(async () => {
    server = await RealServer.start(['li', 'zhao'], {}, await openLog());
    await server.muniment('alias', 'add', 'sales@acme.example', addressOf('li'));
    await server.muniment('account', 'grant-send-as', addressOf('li'), 'office@elsewhere.example');
    li = await JmapClient.signIn(server.ports.http, addressOf('li'), passwordOf('li'));
  });

  after(() => server?.dispose());

  const listed = async (): Promise<Answer[]> => (await li.call('Identity/get', { ids: null })).list;

  test('the own address, aliases and granted addresses are there by themselves', async () => {
    const list = await listed();
    const emails = list.map(({ email }) => email);
    assert.deepEqual(emails, [addressOf('li'), 'sales@acme.example', 'office@elsewhere.example']);
    const empty = {
      name: '',
      replyTo: null,
      bcc: null,
      textSignature: '',
      htmlSignature: '',
      mayDelete: false,
    };
    assert.deepEqual(list[0], { id: list[0]!['id'], email: addressOf('li'), ...empty });
    const { state } = await li.call('Identity/get', { ids: [] });
    const { created, updated, hasMoreChanges } = await li.call('Identity/changes', { sinceState: state });
    assert.deepEqual([created, updated, hasMoreChanges], [[], [], false]);
  });

  test('what is said of one is kept, over a restart', async () => {
    const [own] = await listed();
    const patch = {
      name: '李娜',
      replyTo: [{ name: 'Sales', email: 'sales@acme.example' }],
      textSignature: '-- \n李娜',
      htmlSignature: '<p>李娜</p>',
    };
    const { updated, oldState, newState } = await li.call('Identity/set', {
      update: { [own!['id']]: patch },
    });
    assert.deepEqual(updated, { [own!['id']]: null });
    assert.notEqual(oldState, newState);
    await server.stop();
    await server.start();
    li = await JmapClient.signIn(server.ports.http, addressOf('li'), passwordOf('li'));
    assert.deepEqual((await listed())[0], { ...own, ...patch });
    const [[, error]] = (await li.calls(['Identity/changes', { sinceState: oldState }])) as [
      [string, Answer],
    ];
    assert.equal(error['type'], 'cannotCalculateChanges');
  });

  test('others can be added and removed, where the directory allows the address', async () => {
    const more = { email: 'li+list@acme.example', name: 'Lists' };
    const { created } = await li.call('Identity/set', { create: { k: more } });
    const id = created.k.id;
    assert.equal((await listed()).find((each) => each['id'] === id)!['mayDelete'], true);
    const foreign = await li.call('Identity/set', { create: { k: { email: addressOf('zhao') } } });
    assert.equal(foreign.notCreated.k.type, 'forbiddenFrom');
    const [own] = await listed();
    const { destroyed, notDestroyed } = await li.call('Identity/set', { destroy: [id, own!['id']] });
    assert.deepEqual([destroyed, notDestroyed[own!['id']].type], [[id], 'forbidden']);
  });

  test('each property that is wrong is named', async () => {
    const [own] = await listed();
    for (const [property, value] of [
      ['email', 'other@acme.example'],
      ['name', 'a\nb'],
      ['name', 7],
      ['replyTo', [{ email: 'a b' }]],
      ['bcc', 'a@b'],
      ['htmlSignature', 'x'.repeat(60_001)],
      ['mayDelete', true],
      ['colour', 'red'],
    ] as const) {
      const { notUpdated } = await li.call('Identity/set', {
        update: { [own!['id']]: { [property]: value } },
      });
      assert.deepEqual(notUpdated[own!['id']].properties, [property]);
    }
  });

  test('an alias that is taken away is an identity no more', async () => {
    await server.muniment('alias', 'remove', 'sales@acme.example');
    assert.deepEqual(
      (await listed()).map(({ email }) => email),
      [addressOf('li'), 'office@elsewhere.example'],
    );
  });

  test('a page that listens learns of what is said of one, and of an address that is granted', async () => {
    const listening = await li.events();
    const told = async (): Promise<string> => {
      for (;;) {
        const { Identity } = (await listening.next())['changed'][li.account];
        if (Identity) return Identity;
      }
    };
    const [own] = await listed();
    const { newState } = await li.call('Identity/set', { update: { [own!['id']]: { name: '李娜娜' } } });
    assert.equal(await told(), newState);
    await server.muniment('account', 'grant-send-as', addressOf('li'), 'late@elsewhere.example');
    assert.notEqual(await told(), newState);
    await listening.close();
  });
});
