/** From a domain to the hosts that take its mail: over a DNS of its own, and the pure order of exchangers. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { orderExchangers } from '../../services/delivery/exchangers.ts';
import { parseRelay } from '../../services/delivery/relay.ts';
import { type Route, Routes } from '../../services/delivery/routes.ts';
import { DnsServer, type Zone } from '../support/dns-server.ts';

const zone: Zone = {
  'two.example': {
    mx: [
      [20, 'mx2.two.example'],
      [10, 'mx1.two.example'],
    ],
  },
  'mx1.two.example': { a: ['192.0.2.1'], aaaa: ['2001:db8:0:0:0:0:0:1'] },
  'mx2.two.example': { a: ['192.0.2.2', '192.0.2.3'] },
  'plain.example': { a: ['192.0.2.9'] },
  'none.example': {},
  'null.example': { mx: [[0, '.']] },
  'broken.example': { fails: 'SERVFAIL' },
  'half.example': {
    mx: [
      [1, 'broken.example'],
      [2, 'plain.example'],
    ],
  },
  'stuck.example': { mx: [[1, 'broken.example']] },
  'gone.example': { mx: [[1, 'nowhere.example']] },
  'ours.example': {
    mx: [
      [10, 'Mail.Acme.Example'],
      [20, 'plain.example'],
    ],
  },
};

async function routesOver(
  t: TestContext,
  relayUrl: string | null = null,
): Promise<{ routes: Routes; dns: DnsServer }> {
  const dns = await DnsServer.start(zone);
  t.after(() => dns.close());
  const relay = relayUrl === null ? null : parseRelay(relayUrl);
  const settings = { hostname: 'mail.acme.example', relay, dnsServers: [dns.address], port: 25 };
  return { routes: new Routes(settings), dns };
}

function hopsOf(route: Route): string[] {
  return route.kind === 'hosts'
    ? route.hops.map(({ name, address, port }) => `${name} ${address} ${port}`)
    : [`${route.isPermanent ? 'final' : 'later'} ${route.class} ${route.text.split(' ')[0]}`];
}

describe('routes', () => {
  const cases: readonly (readonly [what: string, domain: string, hops: readonly string[]])[] = [
    [
      'exchangers in their order, each with its addresses',
      'two.example',
      [
        'mx1.two.example 2001:db8::1 25',
        'mx1.two.example 192.0.2.1 25',
        'mx2.two.example 192.0.2.2 25',
        'mx2.two.example 192.0.2.3 25',
      ],
    ],
    ['without MX the domain itself', 'plain.example', ['plain.example 192.0.2.9 25']],
    ['a domain without any address', 'none.example', ['final dnsFailure 5.1.2']],
    ['a domain that is not there', 'absent.example', ['final dnsFailure 5.1.2']],
    ['null MX (RFC 7505)', 'null.example', ['final dnsFailure 5.1.10']],
    ['a resolver that fails', 'broken.example', ['later dnsFailure 4.4.3']],
    ['an exchanger that cannot be resolved is passed over', 'half.example', ['plain.example 192.0.2.9 25']],
    ['none of them can be resolved now', 'stuck.example', ['later dnsFailure 4.4.3']],
    ['exchangers that are not there', 'gone.example', ['final dnsFailure 5.1.2']],
    ['this server is the best exchanger', 'ours.example', ['final dnsFailure 5.4.6']],
    ['an address literal', '[192.0.2.7]', ['192.0.2.7 192.0.2.7 25']],
    ['an IPv6 literal', '[ipv6:2001:db8::7]', ['2001:db8::7 2001:db8::7 25']],
    ['a literal that is no address', '[ipv6:::::]', ['final badSyntax 5.1.3']],
    ['a literal of this machine', '[127.0.0.1]', ['final badSyntax 5.1.2']],
    ['a literal of a network inside', '[192.168.3.4]', ['final badSyntax 5.1.2']],
    ['the same in IPv6', '[ipv6:::ffff:10.0.0.1]', ['final badSyntax 5.1.2']],
    ['this machine in IPv6', '[ipv6:::1]', ['final badSyntax 5.1.2']],
  ];
  for (const [what, domain, hops] of cases) {
    test(what, async (t) => {
      const { routes } = await routesOver(t);
      assert.deepEqual(hopsOf(await routes.of(domain)), hops);
    });
  }

  test('the smart host takes everything, by address or by name', async (t) => {
    const direct = await routesOver(t, 'smtp://[2001:db8::25]:2525');
    assert.deepEqual(hopsOf(await direct.routes.of(null)), ['2001:db8::25 2001:db8::25 2525']);
    const named = await routesOver(t, 'smtps://a:b@mx2.two.example');
    assert.deepEqual(hopsOf(await named.routes.of(null)), [
      'mx2.two.example 192.0.2.2 465',
      'mx2.two.example 192.0.2.3 465',
    ]);
    const absent = await routesOver(t, 'smtp://absent.example');
    assert.deepEqual(hopsOf(await absent.routes.of(null)), ['later dnsFailure 4.4.3']);
  });

  test('what was found is asked for once, what was not is asked for again', async (t) => {
    const { routes, dns } = await routesOver(t);
    await Promise.all([routes.of('plain.example'), routes.of('plain.example')]);
    await routes.of('plain.example');
    assert.equal(dns.asked.filter((name) => name === 'plain.example').length, 3, 'MX, A and AAAA');
    await routes.of('absent.example');
    dns.zone['absent.example'] = { a: ['192.0.2.4'] };
    assert.deepEqual(hopsOf(await routes.of('absent.example')), ['absent.example 192.0.2.4 25']);
    delete dns.zone['absent.example'];
  });
});

describe('the order of exchangers', () => {
  const records = (...pairs: (readonly [string, number])[]) =>
    pairs.map(([exchange, priority]) => ({ exchange, priority }));

  test('equal ones are asked in random order, better ones first', () => {
    const given = records(['b.example', 10], ['c.example', 10], ['a.example', 5]);
    const turns = [0.9, 0.1, 0.5];
    const order = orderExchangers('x.example', given, 'me.example', () => turns.shift()!);
    assert.deepEqual(order, { kind: 'hosts', names: ['a.example', 'c.example', 'b.example'] });
  });

  test('where this server is one of them, only better ones count', () => {
    const given = records(['best.example', 1], ['me.example', 5], ['same.example', 5], ['worse.example', 9]);
    const order = orderExchangers('x.example', given, 'ME.example', () => 0);
    assert.deepEqual(order, { kind: 'hosts', names: ['best.example'] });
    assert.deepEqual(
      orderExchangers('x.example', given.slice(1), 'me.example', () => 0),
      { kind: 'loop' },
    );
  });

  test('names are compared without case and final dot, each once', () => {
    const given = records(['A.example.', 1], ['a.example', 2]);
    const order = orderExchangers('x.example', given, 'me.example', () => 0);
    assert.deepEqual(order, { kind: 'hosts', names: ['a.example'] });
  });
});

test('a smart host out of its URL', () => {
  const cases: Record<string, ReturnType<typeof parseRelay>> = {
    'smtp://relay.example': { host: 'relay.example', port: 25, implicitTls: false, login: null },
    'smtp://relay.example:2525/': { host: 'relay.example', port: 2525, implicitTls: false, login: null },
    'smtp://u%40x:p%3A1@relay.example': {
      host: 'relay.example',
      port: 587,
      implicitTls: false,
      login: { user: 'u@x', password: 'p:1' },
    },
    'smtps://u:p@relay.example': {
      host: 'relay.example',
      port: 465,
      implicitTls: true,
      login: { user: 'u', password: 'p' },
    },
  };
  for (const [url, relay] of Object.entries(cases)) assert.deepEqual(parseRelay(url), relay, url);
});
