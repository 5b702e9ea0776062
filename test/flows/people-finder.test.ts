/** Whom one may write to is offered while one types: the real server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApiClient } from '../support/api-client.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';

flowOnEveryLog('people are found', { timeout: 120_000 }, (openLog) => {
  let server: RealServer;
  const client = (name: string) => new ApiClient(server.ports.http, addressOf(name), passwordOf(name));

  before(async () => {
    server = await RealServer.start(['wang', 'li'], {}, await openLog());
    const add = (name: string, realName: string) =>
      server.muniment(
        ...['account', 'add', addressOf(name), '--password', passwordOf(name), '--name', realName],
      );
    await add('zhao', '赵强');
    await add('zhang', '张芳');
    await server.muniment('group', 'add', 'zh-sales@acme.example', addressOf('wang'), addressOf('li'));
    await server.muniment('account', 'freeze', addressOf('zhang'), '--reason', 'on leave');
    for (let n = 10; n < 22; n++) await add(`many${n}`, `Many ${n}`);
  });
  after(() => server?.dispose());

  const found = async (search: string) =>
    (await client('wang').ask('findPeople', { query: { search } })).items.map(({ address }) => address);

  test('by the beginning of the address, by the name, and groups; not who is frozen', async () => {
    assert.deepEqual(await found('ZH'), [addressOf('zhao'), 'zh-sales@acme.example']);
    assert.deepEqual(await found('强'), [addressOf('zhao')]);
    assert.deepEqual(await found('芳'), []);
    assert.deepEqual(await found('hao'), []);
  });

  test('a few, and none for a letter alone', async () => {
    assert.equal((await found('many')).length, 8);
    assert.deepEqual(await found('z'), []);
    assert.deepEqual(await found('@'), []);
  });
});
