import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { watchBody } from '../../services/http/body-progress.ts';
import { partsOf, serving } from './http-house.ts';

const settings = { bodyWindowMs: 1000, minBodyOctetsPerWindow: 100 };

describe('a body that is watched', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }));
  afterEach(() => mock.timers.reset());

  function request(headers: IncomingMessage['headers']) {
    const said: string[] = [];
    const socket = { bytesRead: 5000, destroyed: false, end: (words: string) => said.push(words) };
    const message = { headers, socket, complete: false, once: () => {} };
    watchBody(message as unknown as IncomingMessage, settings);
    /** A window passes in which so many octets come. */
    const pass = (octets: number): void => {
      socket.bytesRead += octets;
      mock.timers.tick(settings.bodyWindowMs);
    };
    return { message, said, pass };
  }

  test('may take as long as it likes while it comes along', () => {
    const { said, pass } = request({ 'content-length': '50000000' });
    for (let i = 0; i < 10_000; i++) pass(100);
    assert.deepEqual(said, []);
  });

  for (const octets of [0, 99]) {
    test(`loses its connection where ${octets} octets come`, () => {
      const { said, pass } = request({ 'transfer-encoding': 'chunked' });
      pass(100);
      pass(octets);
      assert.match(said.join(), /^HTTP\/1\.1 408 /);
    });
  }

  test('is left alone when it is whole, and where there is none', () => {
    const whole = request({ 'content-length': '3' });
    whole.message.complete = true;
    whole.pass(0);
    const none = request({ 'content-length': '0' });
    none.pass(0);
    assert.deepEqual([...whole.said, ...none.said], []);
  });
});

test('a body that stands still ends its connection', async () => {
  await serving(
    async ({ httpPort }) => {
      const socket = connect(httpPort!, '127.0.0.1');
      socket.write(
        'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
      );
      assert.match(await text(socket), /^HTTP\/1\.1 408 /);
    },
    partsOf(),
    { bodyWindowMs: 100, minBodyOctetsPerWindow: 10 },
  );
});
