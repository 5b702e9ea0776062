/** Signing keys of a domain over real stores: taken into use when the DNS shows them, ended when their time is over. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DkimKeys } from '../../../services/authentication/dkim-keys.ts';
import { isPublished, recordsOf, zoneLine } from '../../../services/authentication/dkim-records.ts';
import { openPrivateKey } from '../../../services/authentication/sealed-private-key.ts';
import { uuidOf } from '../../support/given-when-then.ts';
import { IntakeHouse } from '../../support/intake-house.ts';

const day = 86_400_000;
const madeMs = Date.UTC(2026, 10, 21);

describe('signing keys', { timeout: 60_000 }, () => {
  let house: IntakeHouse;
  const zone = new Map<string, string | null>();

  before(async () => {
    house = await IntakeHouse.open();
  });
  after(() => house.close());

  /** A domain of its own for each test. */
  function keysOf(domainId: string): DkimKeys {
    const ask = async (name: string): Promise<string[][]> => {
      const text = zone.get(name);
      if (text === null) throw Object.assign(new Error('silent'), { code: 'ETIMEOUT' });
      if (text === undefined) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
      return [[text.slice(0, 255), text.slice(255)]];
    };
    return new DkimKeys({
      dispatcher: house.parts.dispatcher as never,
      directory: { domainOf: async (name) => (name === 'acme.example' ? domainId : null) },
      keys: house.stores.keys,
      answers: { ask, forget: () => {} },
      keepMs: 7 * day,
    });
  }

  test('sign as soon as both records are published, and not before', async () => {
    const dkim = keysOf(uuidOf(501));
    const set = await dkim.make('acme.example', false, 'operator', madeMs);
    const [rsa, ed25519] = recordsOf(set, 'acme.example');
    assert.equal(set.selector, 'm20261121');
    zone.set(rsa!.name, rsa!.text);
    zone.set(ed25519!.name, null);
    await dkim.tend(['acme.example'], madeMs);
    assert.deepEqual([await dkim.signingKeys('acme.example'), dkim.maySign], [[], false]);
    zone.set(ed25519!.name, ed25519!.text.replace('v=DKIM1; k=ed25519;', 'k=ed25519 ;'));
    await dkim.tend(['acme.example'], madeMs);
    const signing = await dkim.signingKeys('acme.example');
    assert.deepEqual(
      signing.map(({ selector }) => selector),
      ['m20261121-rsa', 'm20261121-ed25519'],
    );
    assert.equal(dkim.maySign, true);
    assert.deepEqual(await dkim.signingKeys('other.example'), []);
  });

  test('that are replaced end a week later, and their private parts with them', async () => {
    const dkim = keysOf(uuidOf(502));
    const first = await dkim.make('acme.example', false, 'operator', madeMs);
    await dkim.switch('acme.example', 'request', 'operator', madeMs);
    await dkim.make('acme.example', true, 'operator', madeMs);
    await dkim.switch('acme.example', 'request', 'operator', madeMs + day);
    await dkim.tend(['acme.example'], madeMs + 8 * day - 1);
    assert.equal(await house.stores.keys.state(`dkim-${first.keys}`), 'live');
    await dkim.tend(['acme.example'], madeMs + 8 * day);
    assert.equal(await house.stores.keys.state(`dkim-${first.keys}`), 'destroyed');
    const states = (await dkim.list('acme.example')).map(({ selector, status }) => [selector, status]);
    assert.deepEqual(states, [
      ['m20261121', 'ended'],
      ['m20261121-2', 'signing'],
    ]);
  });

  test('are sealed under a key of their own, each for its selector', async () => {
    const dkim = keysOf(uuidOf(503));
    const set = await dkim.make('acme.example', false, 'operator', madeMs);
    const rowKey = (await house.stores.keys.get(`dkim-${set.keys}`))!;
    const key = openPrivateKey(set.privateEd25519!, rowKey, 'm20261121-ed25519');
    assert.equal(key.asymmetricKeyType, 'ed25519');
    assert.throws(() => openPrivateKey(set.privateEd25519!, rowKey, 'm20261121-rsa'));
    assert.throws(() => openPrivateKey(set.privateRsa!, new Uint8Array(32), 'm20261121-rsa'));
  });

  test('records fit into strings of a zone file, and are known again however they are written', async () => {
    const dkim = keysOf(uuidOf(504));
    const [rsa] = recordsOf(await dkim.make('acme.example', false, 'operator', madeMs), 'acme.example');
    const strings = [...zoneLine(rsa!).matchAll(/"([^"]*)"/g)].map(([, string]) => string!);
    assert.ok(strings.every((string) => string.length <= 255));
    assert.equal(strings.join(''), rsa!.text);
    assert.ok(
      isPublished(rsa!, ['v=spf1 -all', rsa!.text.replace('; k=rsa', ' ; t=s ').replace('p=', 'p= ')]),
    );
    assert.ok(!isPublished(rsa!, [rsa!.text.replace('p=MII', 'p=MIJ')]));
    assert.ok(!isPublished(rsa!, []));
  });
});
