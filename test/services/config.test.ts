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
    [{ MUNIMENT_SMTPPORT: '25' }, /MUNIMENT_SMTPPORT, which is no setting/],
    [{ MUNIMENT_PLAINTEXT_AUTH: 'sometimes' }, /wants one of never, loopback, always/],
    [{ MUNIMENT_HOSTNAME: 'two words' }, /MUNIMENT_HOSTNAME wants a host name/],
    [{ MUNIMENT_GREETING_TEXT: 'a\r\nb' }, /wants one line/],
    [{ MUNIMENT_SENDER_MUST_MATCH: 'maybe' }, /wants true or false/],
    [{ MUNIMENT_EVENT_STORE_URL: 'http://x' }, /wants an esdb/],
  ];
  for (const [environment, words] of wrong) {
    test(`${JSON.stringify(environment)} is refused by name`, () => {
      assert.throws(
        () => readConfig(environment, null),
        (error) => error instanceof ConfigError && words.test(error.message),
      );
    });
  }

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
