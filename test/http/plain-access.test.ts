import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { httpsLocation, isServedHere, withThisMachine } from '../../services/http/plain-access.ts';

describe('who may speak plain HTTP', () => {
  test('this machine, under each of its names', () => {
    const peers = withThisMachine([]);
    for (const address of ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])
      assert.ok(peers.includes(address), address);
  });

  test('nobody else', () => {
    const peers = withThisMachine([]);
    for (const address of [
      '192.0.2.1',
      '::ffff:192.0.2.1',
      '2001:db8::1',
      '',
      undefined,
      'localhost',
      '127.0.0.1.example',
    ]) {
      assert.ok(!peers.includes(address), String(address));
    }
  });

  test('reverse proxies, by address or network', () => {
    const peers = withThisMachine(['192.0.2.7', '10.0.0.0/8', '2001:db8::/32']);
    for (const address of ['192.0.2.7', '10.9.9.9', '::ffff:10.1.1.1', '2001:db8:1::1'])
      assert.ok(peers.includes(address), address);
    assert.ok(!peers.includes('192.0.2.8'));
  });

  test('what is no network is refused by its maker', () => {
    for (const network of ['proxy.example', '10.0.0.0/99', ''])
      assert.throws(() => withThisMachine([network]), network);
  });
});

describe('what is served', () => {
  test('whatever is encrypted, and plain from inside', () => {
    const inside = withThisMachine([]);
    assert.ok(isServedHere({ encrypted: true, remoteAddress: '192.0.2.1' }, inside));
    assert.ok(isServedHere({ remoteAddress: '127.0.0.1' }, inside));
    assert.ok(!isServedHere({ remoteAddress: '192.0.2.1' }, inside));
    assert.ok(!isServedHere({}, inside));
  });
});

describe('where others are sent', () => {
  test('to the name that they asked for', () => {
    assert.equal(
      httpsLocation('mail.example:8080', 'own.example', 8443, '/a?b=c'),
      'https://mail.example:8443/a?b=c',
    );
    assert.equal(httpsLocation('192.0.2.1', 'own.example', 443, '/'), 'https://192.0.2.1/');
    assert.equal(
      httpsLocation('[2001:db8::1]:8080', 'own.example', 8443, '/'),
      'https://[2001:db8::1]:8443/',
    );
  });

  test('to our own name where theirs is none', () => {
    for (const host of [undefined, '', 'evil.example@own', 'a b', 'x/../y', '-x', 'a\r\nb']) {
      assert.equal(httpsLocation(host, 'own.example', 8443, '/'), 'https://own.example:8443/', String(host));
    }
  });
});
