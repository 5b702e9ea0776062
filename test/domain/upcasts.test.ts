import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { catalogue } from '../../services/domain/catalogue.ts';
import {
  catalogueVersionOf,
  UnknownEventVersion,
  type UpcastRegistry,
  upcasts,
  upcastsFrom,
} from '../../services/domain/upcasts.ts';

const identity = { data: (data: object) => data as never, personal: (personal: object) => personal as never };
const registry: UpcastRegistry = { 'Moved@1': identity, 'Moved@2': { ...identity }, 'Lost@1': identity };
const versions: Record<string, number> = { Moved: 3, Lost: 3, New: 1 };
const currentVersionOf = (category: string, type: string) =>
  category === 'mailstore' ? versions[type] : undefined;

function chain(type: string, version: number, stream = 'mailstore-1') {
  return upcastsFrom(stream, { type, version }, currentVersionOf, registry);
}

describe('upcasts', () => {
  test('lead from an old version to the newest, in order', () => {
    const [first, second, ...more] = chain('Moved', 1);
    assert.ok(first === registry['Moved@1'] && second === registry['Moved@2'] && more.length === 0);
    assert.equal(chain('Moved', 2)[0], registry['Moved@2']);
    assert.deepEqual(chain('Moved', 3), []);
    assert.deepEqual(chain('New', 1), []);
  });

  test('an unknown version, type or category stops the reader by name', () => {
    const unknown: [() => unknown, string][] = [
      [() => chain('New', 2), 'New@2'],
      [() => chain('New', 0), 'New@0'],
      [() => chain('Lost', 1), 'Lost@2'],
      [() => chain('Never', 1), 'Never@1'],
      [() => chain('New', 1, 'message-1'), 'New@1'],
    ];
    for (const [read, name] of unknown) {
      assert.throws(
        read,
        (error) => error instanceof UnknownEventVersion && error.message.includes(name),
        name,
      );
    }
  });

  test('every type of the catalogue is readable from version 1', () => {
    for (const { name, events } of catalogue) {
      for (const type of Object.keys(events)) {
        const chain = upcastsFrom(`${name}-1`, { type, version: 1 }, catalogueVersionOf);
        assert.equal(chain.length, catalogueVersionOf(name, type)! - 1);
      }
    }
    assert.ok(Object.keys(upcasts).every((name) => /^[A-Z][A-Za-z0-9]*@[1-9][0-9]*$/.test(name)));
  });
});
