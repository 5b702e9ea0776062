import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ConfigError, listSettings, readConfig } from '../../services/config.ts';

describe('configuration', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'muniment-config-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  function file(content: string): string {
    const path = join(folder, 'muniment.config.json');
    writeFileSync(path, content);
    return path;
  }

  test('defaults stand where nothing is said, and the whole is frozen', () => {
    const config = readConfig({}, null);
    assert.equal(config.smtpPort, 1025);
    assert.equal(config.listen, '127.0.0.1');
    assert.ok(isAbsolute(config.data));
    assert.throws(() => Object.assign(config, { smtpPort: 1 }), TypeError);
  });

  test('the file counts, and the environment before it', () => {
    const path = file('{"smtpPort": 25, "imapPort": 143, "senderMustMatch": false}');
    const config = readConfig({ MUNIMENT_SMTP_PORT: '2525', MUNIMENT_REQUIRE_FROM: 'true' }, path);
    assert.deepEqual(
      [config.smtpPort, config.imapPort, config.senderMustMatch, config.requireFrom],
      [2525, 143, false, true],
    );
  });

  const wrong: readonly [Record<string, string>, RegExp][] = [
    [{ MUNIMENT_SMTP_PORT: '70000' }, /MUNIMENT_SMTP_PORT wants an integer from 0 to 65535/],
    [{ MUNIMENT_SMTP_PORT: 'x' }, /MUNIMENT_SMTP_PORT wants an integer/],
    [
      { MUNIMENT_SEARCH_URL: 'http://search:9200' },
      /MUNIMENT_SEARCH_URL names an engine .* not have: unset it/,
    ],
    [{ MUNIMENT_BLOB_URL: 's3://mail' }, /MUNIMENT_BLOB_URL names an engine/],
    [{ MUNIMENT_SMTPPORT: '25' }, /MUNIMENT_SMTPPORT, which is no setting/],
    [{ MUNIMENT_PLAINTEXT_AUTH: 'sometimes' }, /wants one of never, loopback, always/],
    [{ MUNIMENT_HOSTNAME: 'two words' }, /MUNIMENT_HOSTNAME wants a host name/],
    [{ MUNIMENT_GREETING_TEXT: 'a\r\nb' }, /wants one line/],
    [{ MUNIMENT_SENDER_MUST_MATCH: 'maybe' }, /wants true or false/],
    [{ MUNIMENT_EVENT_STORE_URL: 'http://x' }, /wants an esdb/],
    [{ MUNIMENT_RELAY_URL: 'http://relay.example' }, /MUNIMENT_RELAY_URL wants smtp/],
    [{ MUNIMENT_RELAY_URL: 'smtp://user@relay.example' }, /MUNIMENT_RELAY_URL wants/],
    [{ MUNIMENT_RELAY_URL: 'smtp://relay.example/path' }, /MUNIMENT_RELAY_URL wants/],
    [{ MUNIMENT_RELAY_URL: 'smtp://' }, /MUNIMENT_RELAY_URL wants/],
    [{ MUNIMENT_DNS_SERVERS: 'dns.example' }, /MUNIMENT_DNS_SERVERS wants IP addresses/],
    [{ MUNIMENT_DNS_SERVERS: '192.0.2.1,[::1' }, /MUNIMENT_DNS_SERVERS wants IP addresses/],
    [{ MUNIMENT_DELIVERY_RETRY_MS: '0' }, /MUNIMENT_DELIVERY_RETRY_MS wants an integer/],
    [{ MUNIMENT_TRUSTED_PROXIES: 'proxy.example' }, /MUNIMENT_TRUSTED_PROXIES wants networks/],
    [{ MUNIMENT_TRUSTED_PROXIES: '10.0.0.0/33' }, /10\.0\.0\.0\/33 is none/],
    [{ MUNIMENT_METRICS_READERS: '192.0.2.1,10.0.0.0/8/8' }, /MUNIMENT_METRICS_READERS wants networks/],
    [{ MUNIMENT_NORMALISE_LINE_ENDS_FROM: '::1/129' }, /MUNIMENT_NORMALISE_LINE_ENDS_FROM wants networks/],
    [{ MUNIMENT_LANGUAGE: 'fr' }, /wants one of en, zh-CN, zh-TW/],
  ];
  for (const [environment, words] of wrong) {
    test(`${JSON.stringify(environment)} is refused by name`, () => {
      assert.throws(
        () => readConfig(environment, null),
        (error) => error instanceof ConfigError && words.test(error.message),
      );
    });
  }

  test('the password of a smart host is not repeated', () => {
    assert.throws(
      () => readConfig({ MUNIMENT_RELAY_URL: 'ftp://user:s3cret@relay.example' }, null),
      (error) => error instanceof ConfigError && !error.message.includes('s3cret'),
    );
  });

  test('resolvers are addresses, with or without a port', () => {
    const { dnsServers } = readConfig({ MUNIMENT_DNS_SERVERS: '127.0.0.1:5353, 192.0.2.1,[::1]:53' }, null);
    assert.deepEqual(dnsServers, ['127.0.0.1:5353', '192.0.2.1', '[::1]:53']);
  });

  test('an engine that is to come may be named by an empty word, as compose files do', () => {
    assert.ok(readConfig({ MUNIMENT_SEARCH_URL: '' }, null));
  });

  test('networks are addresses, with or without a prefix', () => {
    const { trustedProxies } = readConfig(
      { MUNIMENT_TRUSTED_PROXIES: '10.0.0.0/8, 192.0.2.1,2001:db8::/32' },
      null,
    );
    assert.deepEqual(trustedProxies, ['10.0.0.0/8', '192.0.2.1', '2001:db8::/32']);
  });

  test('a file with an unknown member, or that is no JSON, or is not there, is refused', () => {
    assert.throws(() => readConfig({}, file('{"smptPort": 25}')), /smptPort, which is no setting/);
    assert.throws(() => readConfig({}, file('{')), /not JSON/);
    assert.throws(() => readConfig({}, join(folder, 'missing.json')), /cannot be read/);
  });

  test('the README names every setting', () => {
    const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
    const table = readme.split('## Settings')[1]!.split('\n## ')[0]!;
    const missing = listSettings().filter(({ variable }) => !table.includes(`\`${variable}\``));
    assert.deepEqual(missing, []);
  });
});
