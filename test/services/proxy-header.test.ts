/** The examples of the protocol's own text, what breaks them, and any cut of them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { proxyHeader } from '../../services/proxy-header.ts';
import { seededRandom } from '../support/seeded-random.ts';

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

function binary(command: number, family: number, octets: readonly number[]): Buffer {
  const head = Buffer.from([command, family, octets.length >> 8, octets.length & 255]);
  return Buffer.concat([signature, head, Buffer.from(octets)]);
}

const v4 = [192, 0, 2, 9, 127, 0, 0, 1, 0x30, 0x39, 0, 25];
const v6 = [...Array.from({ length: 16 }, (_, i) => i), ...Array.from({ length: 16 }, () => 1), 0, 1, 0, 25];

const whole: [Buffer, string | null][] = [
  [Buffer.from('PROXY TCP4 192.0.2.9 127.0.0.1 12345 25\r\n'), '192.0.2.9'],
  [Buffer.from('PROXY TCP6 2001:db8::9 ::1 12345 25\r\n'), '2001:db8::9'],
  [Buffer.from('PROXY UNKNOWN\r\n'), null],
  [Buffer.from('PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n'), null],
  [binary(0x21, 0x11, v4), '192.0.2.9'],
  [binary(0x21, 0x11, [...v4, 4, 0, 2, 0, 0]), '192.0.2.9'],
  [binary(0x21, 0x21, v6), '1:203:405:607:809:a0b:c0d:e0f'],
  [
    binary(
      0x21,
      0x31,
      Array.from({ length: 216 }, () => 7),
    ),
    null,
  ],
  [binary(0x20, 0x00, []), null],
  [binary(0x20, 0x11, v4), null],
];

const broken: Buffer[] = [
  Buffer.from('EHLO x\r\n'),
  Buffer.from('PROXY TCP4 192.0.2.9 127.0.0.1 12345\r\n'),
  Buffer.from('PROXY TCP4 2001:db8::9 ::1 12345 25\r\n'),
  Buffer.from('PROXY TCP6 192.0.2.9 127.0.0.1 12345 25\r\n'),
  Buffer.from('PROXY TCP4  192.0.2.9 127.0.0.1 12345 25\r\n'),
  Buffer.from('PROXY UDP4 192.0.2.9 127.0.0.1 12345 25\r\n'),
  Buffer.from(`PROXY UNKNOWN ${'x'.repeat(93)}`),
  binary(0x11, 0x11, v4),
  binary(0x22, 0x11, v4),
  binary(0x21, 0x11, v4.slice(1)),
  binary(0x21, 0x21, v4),
  Buffer.concat([signature, Buffer.from([0x21, 0x11, 0xff, 0xff])]),
];

describe('the header of a proxy', () => {
  test('says whose the connection is, and ends where the peer begins, however it is cut', () => {
    for (const [header, address] of whole) {
      const octets = Buffer.concat([header, Buffer.from('PROXY UNKNOWN\r\n')]);
      assert.deepEqual(proxyHeader(octets), { kind: 'whole', address, octets: header.length });
      for (let end = 0; end < header.length; end++)
        assert.equal(proxyHeader(header.subarray(0, end)).kind, 'more', `${header} cut at ${end}`);
    }
  });

  test('is none where it breaks its form, and is not waited for without end', () => {
    for (const octets of broken) assert.equal(proxyHeader(octets).kind, 'none', octets.toString('latin1'));
  });

  test('never throws on noise', () => {
    const random = seededRandom(7);
    for (let i = 0; i < 5000; i++) {
      const [header] = whole[Math.floor(random() * whole.length)]!;
      const octets = Buffer.from(header);
      octets[Math.floor(random() * octets.length)] = Math.floor(random() * 256);
      assert.ok(['whole', 'more', 'none'].includes(proxyHeader(octets).kind));
    }
  });
});
