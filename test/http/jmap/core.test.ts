import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { coreCapability, coreEcho } from '../../../services/http/jmap/core-methods.ts';
import { InvalidPatch, patched } from '../../../services/http/jmap/patch-object.ts';
import { invalidArguments, MethodError, RequestProblem } from '../../../services/http/jmap/problem.ts';
import { type WindowRequest, windowOf } from '../../../services/http/jmap/query-window.ts';
import { ArgumentReader } from '../../../services/http/jmap/read-arguments.ts';
import { type JsonMap, parseRequest } from '../../../services/http/jmap/request.ts';
import {
  type CallContext,
  type MethodEntry,
  type MethodTable,
  runRequest,
} from '../../../services/http/jmap/run-request.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const limits = { capabilities: new Set([coreCapability]), maxCallsInRequest: 3 };
const using = [coreCapability];

function entry(run: MethodEntry<CallContext>['run']): MethodEntry<CallContext> {
  return { capability: coreCapability, run };
}

const methods: MethodTable<CallContext> = new Map([
  ['Core/echo', coreEcho],
  ['Test/refuse', entry(async () => Promise.reject(invalidArguments('ids is not a list of ids')))],
  ['Test/fail', entry(async () => Promise.reject(new Error('disk on fire')))],
  [
    'Test/two',
    entry(async () => [
      { name: 'Test/a', arguments: {} },
      { name: 'Test/b', arguments: { x: 1 } },
    ]),
  ],
  ['Other/echo', { capability: 'urn:example:other', run: async (args) => args }],
]);

async function answered(...methodCalls: [string, JsonMap, string][]) {
  const faults: string[] = [];
  const request = parseRequest(JSON.stringify({ using, methodCalls }), { ...limits, maxCallsInRequest: 20 });
  const context = { createdIds: new Map<string, string>() };
  const responses = await runRequest(request, methods, context, (method) => faults.push(method));
  return { responses: responses.map(({ name, arguments: args, callId }) => [name, args, callId]), faults };
}

function problemOf(text: string): RequestProblem {
  try {
    parseRequest(text, limits);
  } catch (error) {
    assert.ok(error instanceof RequestProblem, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: `taken: ${text}` });
}

describe('a JMAP request', () => {
  test('is told apart from what is none (RFC 8620 §3.6.1)', () => {
    assert.equal(problemOf('{"using":').type, 'notJSON');
    const call = ['Core/echo', {}, 'a'];
    for (const body of [
      [],
      null,
      {},
      { using },
      { using, methodCalls: {} },
      { using: [1], methodCalls: [] },
      { using, methodCalls: [['Core/echo', {}]] },
      { using, methodCalls: [['Core/echo', [], 'a']] },
      { using, methodCalls: [[1, {}, 'a']] },
      { using, methodCalls: [call], createdIds: [] },
      { using, methodCalls: [call], createdIds: { k1: 2 } },
    ])
      assert.equal(problemOf(JSON.stringify(body)).type, 'notRequest', JSON.stringify(body));
  });

  test('is not nested without end', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const call = `["Core/echo",{"x":${deep}},"a"]`;
    assert.equal(problemOf(`{"using":[],"methodCalls":[${call}]}`).type, 'notRequest');
    const brackets = JSON.stringify('[\\"'.repeat(200));
    parseRequest(`{"using":[],"methodCalls":[["Core/echo",{"x":${brackets}},"a"]]}`, limits);
  });

  test('names capabilities that are offered, and has no more calls than may be', () => {
    const unknown = problemOf(JSON.stringify({ using: ['urn:example:unknown'], methodCalls: [] }));
    assert.equal(unknown.type, 'unknownCapability');
    const calls = Array.from({ length: 4 }, (_, i) => ['Core/echo', {}, `${i}`]);
    const many = problemOf(JSON.stringify({ using, methodCalls: calls }));
    assert.deepEqual([many.type, many.limit], ['limit', 'maxCallsInRequest']);
  });

  test('nothing that a client sends is an exception of ours', () => {
    const random = seededRandom(3);
    const whole = JSON.stringify({
      using,
      methodCalls: [['Core/echo', { '#a': { path: '/x' } }, 'a']],
      createdIds: { a: 'b' },
    });
    const pieces = ['{', '}', '[', ']', '"', ',', 'null', '1e999', '\\u0000', '__proto__'];
    for (let i = 0; i < 3000; i++) {
      const at = Math.floor(random() * whole.length);
      const piece = pieces[Math.floor(random() * pieces.length)]!;
      const text = whole.slice(0, at) + piece + whole.slice(at + Math.floor(random() * 3));
      try {
        parseRequest(text, limits);
      } catch (error) {
        assert.ok(error instanceof RequestProblem, text);
      }
    }
  });
});

describe('method calls', () => {
  test('Core/echo gives back what it got (§4)', async () => {
    const { responses } = await answered(['Core/echo', { hello: true, high: 5 }, 'b3ff']);
    assert.deepEqual(responses, [['Core/echo', { hello: true, high: 5 }, 'b3ff']]);
  });

  test('a call that fails stops nothing behind it, and tells no secret (§3.6.2)', async () => {
    const { responses, faults } = await answered(
      ['Test/nothing', {}, '1'],
      ['Test/refuse', {}, '2'],
      ['Test/fail', {}, '3'],
      ['Other/echo', {}, '4'],
      ['Core/echo', {}, '5'],
    );
    const types = responses.map(([name, args]) => (name === 'error' ? (args as JsonMap)['type'] : name));
    assert.deepEqual(types, [
      'unknownMethod',
      'invalidArguments',
      'serverFail',
      'unknownMethod',
      'Core/echo',
    ]);
    assert.deepEqual(faults, ['Test/fail']);
    assert.doesNotMatch(JSON.stringify(responses), /disk on fire/);
  });

  test('a method may answer with several responses under one id', async () => {
    const { responses } = await answered(['Test/two', {}, 'c']);
    assert.deepEqual(responses, [
      ['Test/a', {}, 'c'],
      ['Test/b', { x: 1 }, 'c'],
    ]);
  });

  test('an argument may be taken out of an earlier response (§3.7)', async () => {
    const list = [
      { threadId: 't1', emails: ['e1', 'e2'] },
      { threadId: 't2', emails: ['e3'] },
    ];
    const reference = (path: string, more: JsonMap = {}): JsonMap => {
      return { resultOf: 't0', name: 'Core/echo', path, ...more };
    };
    const first: [string, JsonMap, string] = ['Core/echo', { list, 'a/b': { '~': 7 } }, 't0'];
    const { responses } = await answered(
      first,
      ['Core/echo', { '#ids': reference('/list/*/threadId') }, 't1'],
      ['Core/echo', { '#ids': reference('/list/*/emails') }, 't2'],
      ['Core/echo', { '#id': reference('/list/1/emails/0'), keep: 1 }, 't3'],
      ['Core/echo', { '#n': reference('/a~1b/~0') }, 't4'],
    );
    assert.deepEqual(
      responses.slice(1).map(([, args]) => args),
      [{ ids: ['t1', 't2'] }, { ids: ['e1', 'e2', 'e3'] }, { id: 'e3', keep: 1 }, { n: 7 }],
    );
    for (const wrong of [
      reference('/list/*/nothing'),
      reference('/list/2'),
      reference('/list/01'),
      reference('/list/-'),
      reference('list'),
      reference('/__proto__'),
      reference('/list', { resultOf: 'later' }),
      reference('/list', { name: 'Test/two' }),
      { resultOf: 't0', name: 'Core/echo' },
    ]) {
      const { responses: told } = await answered(first, ['Core/echo', { '#ids': wrong }, 't1']);
      assert.equal((told[1]![1] as JsonMap)['type'], 'invalidResultReference', JSON.stringify(wrong));
    }
    const { responses: both } = await answered(first, [
      'Core/echo',
      { '#ids': reference('/list'), ids: [] },
      't1',
    ]);
    assert.equal((both[1]![1] as JsonMap)['type'], 'invalidArguments');
  });

  test('nor can calls that each refer twice to the one before', async () => {
    const reference = (of: number): JsonMap => ({ resultOf: `${of}`, name: 'Core/echo', path: '' });
    const calls = Array.from({ length: 19 }, (_, i): [string, JsonMap, string] => [
      'Core/echo',
      { '#a': reference(i), '#b': reference(i) },
      `${i + 1}`,
    ]);
    const { responses } = await answered(['Core/echo', { x: 'A'.repeat(1000) }, '0'], ...calls);
    const types = responses.map(([name, args]) => (name === 'error' ? (args as JsonMap)['type'] : name));
    assert.ok(types.includes('requestTooLarge'));
    assert.ok(JSON.stringify(responses).length < 40_000_000);
  });

  test('references cannot make a small request grow without end', async () => {
    const twice = (of: string, call: string): [string, JsonMap, string] => {
      const reference = { resultOf: of, name: 'Core/echo', path: '/l/*/l' };
      return ['Core/echo', { l: [{ l: [] }], '#m': reference }, call];
    };
    const { responses } = await answered(
      ['Core/echo', { l: Array.from({ length: 400 }, () => ({ l: Array(400).fill(1) })) }, '0'],
      twice('0', '1'),
    );
    assert.equal((responses[1]![1] as JsonMap)['type'], 'requestTooLarge');
  });
});

describe('arguments', () => {
  const readerOf = (args: JsonMap) => new ArgumentReader(args);

  test('of the wrong kind are named', () => {
    const reader = readerOf({ id: 'no spaces', ids: ['a', ''], n: -1, f: 'yes', m: [] });
    for (const [read, name] of [
      [() => reader.id('id'), 'id'],
      [() => reader.ids('ids'), 'ids'],
      [() => reader.optionalUnsigned('n'), 'n'],
      [() => reader.flag('f'), 'f'],
      [() => reader.optionalMap('m'), 'm'],
      [() => reader.text('absent'), 'absent'],
      [() => reader.id('toString'), 'toString'],
    ] as const)
      assert.throws(
        read,
        (error) => error instanceof MethodError && error.message.startsWith(`${name} is not`),
      );
  });

  test('that nobody asked for are refused', () => {
    const reader = readerOf({ accountId: 'a', colour: 'red' });
    reader.id('accountId');
    assert.throws(() => reader.end(), /colour is not an argument/);
    const whole = readerOf({ accountId: 'a' });
    whole.id('accountId');
    assert.equal(whole.optionalTexts('properties'), null);
    whole.end();
  });
});

describe('a patch (§5.3)', () => {
  const email = { keywords: { $seen: true }, mailboxIds: { a: true }, to: [{ name: null }], subject: 'x' };

  test('sets, adds and removes, and leaves the object given alone', () => {
    const patch = {
      'keywords/$seen': null,
      'keywords/$flagged': true,
      mailboxIds: { b: true },
      subject: null,
    };
    assert.deepEqual(patched(email, patch), {
      keywords: { $flagged: true },
      mailboxIds: { b: true },
      to: [{ name: null }],
      subject: null,
    });
    assert.deepEqual(email.keywords, { $seen: true });
    assert.deepEqual(patched({ k: {} }, { 'k/a~1b~0': 1 }), { k: { 'a/b~': 1 } });
  });

  test('that leads nowhere, into a list, or twice to one place is refused', () => {
    for (const patch of [
      { 'absent/x': 1 },
      { 'subject/x': 1 },
      { 'to/0/name': 'y' },
      { keywords: {}, 'keywords/$seen': true },
      { 'keywords/$seen': true, 'keywords/$seen/x': 1 },
    ])
      assert.throws(() => patched(email, patch as JsonMap), InvalidPatch, JSON.stringify(patch));
  });

  test('cannot reach what every object inherits', () => {
    assert.throws(() => patched({}, { '__proto__/polluted': true }), InvalidPatch);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });
});

describe('a window on results (§5.5)', () => {
  const found = ['a', 'b', 'c', 'd', 'e'];
  const windowed = (request: Partial<WindowRequest>, maxIds = 100) => {
    const whole = { position: 0, anchor: null, anchorOffset: 0, limit: null, calculateTotal: false };
    const { position, ids, limit } = windowOf(found, { ...whole, ...request }, maxIds);
    return [position, ids.join(''), limit];
  };

  test('is by position, from the front or the end', () => {
    assert.deepEqual(windowed({}), [0, 'abcde', null]);
    assert.deepEqual(windowed({ position: 3, limit: 5 }), [3, 'de', null]);
    assert.deepEqual(windowed({ position: -2 }), [3, 'de', null]);
    assert.deepEqual(windowed({ position: -9, limit: 1 }), [0, 'a', null]);
    assert.deepEqual(windowed({ position: 9 }), [9, '', null]);
    assert.deepEqual(windowed({ limit: 0 }), [0, '', null]);
  });

  test('is by anchor, which must be there', () => {
    assert.deepEqual(windowed({ anchor: 'c', anchorOffset: -1, limit: 2, position: 4 }), [1, 'bc', null]);
    assert.deepEqual(windowed({ anchor: 'a', anchorOffset: -3, limit: 2 }), [0, 'ab', null]);
    assert.throws(
      () => windowed({ anchor: 'z' }),
      (error) => (error as MethodError).type === 'anchorNotFound',
    );
  });

  test('says where it is smaller than asked for', () => {
    assert.deepEqual(windowed({ limit: 4 }, 2), [0, 'ab', 2]);
    assert.deepEqual(windowed({}, 2), [0, 'ab', 2]);
    assert.deepEqual(windowed({}, 5), [0, 'abcde', null]);
  });
});
