/**
 * Somebody turns a second factor on: what it asks of pages and of mail programs at every door, how it is got rid of, and
 * that nothing of its secrets is written down.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codeLimits } from '../../services/sign-in/code-limits.ts';
import { codeOf, stepOf } from '../../services/sign-in/totp.ts';
import { octetsOfBase32 } from '../support/base32-octets.ts';
import { filesShowing, shown } from '../support/canary.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { ImapClient } from '../support/imap-client.ts';
import { PageClient } from '../support/page-client.ts';
import { Pop3Client } from '../support/pop3-client.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

/** An authenticator program that never shows a code twice: each is of a later step than the one before. */
class Authenticator {
  readonly #secret: Uint8Array;
  #last: number;

  /** Behind a secret that was turned on by the code of the step before now. */
  constructor(secret: string) {
    this.#secret = octetsOfBase32(secret);
    this.#last = stepOf(Date.now()) - 1;
  }

  /** Two at once are right: of now, and of the step behind it. */
  next(): string {
    return codeOf(this.#secret, ++this.#last);
  }
}

flowOnEveryLog('second factor', { timeout: 180_000 }, (openLog) => {
  let server: RealServer;
  const [wang, password] = [addressOf('wang'), passwordOf('wang')];
  const secrets: string[] = [];

  before(async () => {
    server = await RealServer.start(['wang', 'li'], {}, await openLog());
  });

  after(() => server?.dispose());

  async function page(code?: string): Promise<PageClient> {
    const client = new PageClient(server.ports.http);
    assert.equal(await client.signIn(wang, password, code), null);
    return client;
  }

  async function refusedPage(given: string, code?: string): Promise<string> {
    return (await new PageClient(server.ports.http).signIn(wang, given, code))?.code ?? 'signed in';
  }

  async function turnOn(client: PageClient): Promise<{ phone: Authenticator; codes: readonly string[] }> {
    const { secret, recoveryCodes } = await client.turnOnSecondFactor(password);
    secrets.push(secret, secret.toLowerCase(), ...recoveryCodes);
    return { phone: new Authenticator(secret), codes: recoveryCodes };
  }

  /** What each door of mail programs says to a password; `in` where it lets in. */
  async function doors(given: string): Promise<Record<string, string>> {
    const smtp = await SmtpClient.connect(server.ports.submission);
    const plain = Buffer.from(`\0${wang}\0${given}`).toString('base64');
    const submitted = await smtp.say(`AUTH PLAIN ${plain}`);
    const imap = await ImapClient.connect(server.ports.imap);
    const { status } = await imap.command(`LOGIN "${wang}" "${given}"`);
    const pop3 = await Pop3Client.login(server.ports.pop3, wang, given).then(
      () => 'in',
      (error: Error) => error.message.replace(/^PASS [^:]*: /, ''),
    );
    const authorization = `Basic ${Buffer.from(`${wang}:${given}`).toString('base64')}`;
    const jmap = await fetch(`http://127.0.0.1:${server.ports.http}/jmap/session`, {
      headers: { authorization },
    });
    return {
      smtp: submitted.startsWith('235') ? 'in' : submitted,
      imap: status.startsWith('OK') ? 'in' : status,
      pop3,
      jmap: jmap.ok ? 'in' : ((await jmap.json()) as { code: string }).code,
    };
  }

  const allIn = { smtp: 'in', imap: 'in', pop3: 'in', jmap: 'in' };

  test('from turning it on, pages want a code that serves once, and programs a password of their own', async () => {
    assert.deepEqual(await doors(password), allIn, 'before');
    const program = await ImapClient.login(server.ports.imap, wang, password);
    const before = await page();
    await before.send('POST', '/api/own/second-factor/secret');
    for (const [given, why] of [
      [{ password, code: '12345' }, 'secondFactorWrong'],
      [{ password: 'wrong-one-5', code: '123456' }, 'credentialsWrong'],
    ] as const) {
      const refused = await before.send('PUT', '/api/own/second-factor', given);
      assert.equal((refused.body as { code: string }).code, why);
    }
    const { phone, codes } = await turnOn(before);
    assert.equal((await before.send('GET', '/api/session')).status, 401, 'all sessions have ended');
    await assert.rejects(program.ok('NOOP'), 'that of a program too');

    assert.equal(await refusedPage(password), 'secondFactorNeeded');
    assert.equal(await refusedPage('wrong-one-1', '123456'), 'credentialsWrong', 'the password comes first');
    const code = phone.next();
    const client = await page(code);
    assert.equal(await refusedPage(password, code), 'secondFactorWrong', 'a replay');
    await page(codes[0]);
    assert.equal(await refusedPage(password, codes[0]), 'secondFactorWrong', 'a recovery code serves once');
    const shownNow = await client.send('GET', '/api/own/second-factor');
    assert.deepEqual(shownNow.body, { isOn: true, recoveryCodesLeft: 9 });

    const said = await doors(password);
    assert.match(said['smtp']!, /^535 5\.7\.8 .*application password/);
    assert.match(said['imap']!, /^NO \[AUTHENTICATIONFAILED\] .*application password/);
    assert.match(said['pop3']!, /^-ERR \[AUTH\] .*application password/);
    assert.equal(said['jmap'], 'applicationPasswordNeeded');
    const wrong = await doors('wrong-one-2');
    assert.doesNotMatch(JSON.stringify(wrong), /application password/i, 'said to the right password only');

    await usesApplicationPassword(client);
    const off = { password, code: codes[1]! };
    const half = await client.send('POST', '/api/own/second-factor/turn-off', {
      ...off,
      password: 'wrong-one-3',
    });
    assert.equal((half.body as { code: string }).code, 'credentialsWrong');
    assert.equal((await client.send('POST', '/api/own/second-factor/turn-off', off)).status, 204);
    assert.deepEqual(await doors(password), allIn, 'as before');
    await page();
  });

  async function usesApplicationPassword(client: PageClient): Promise<void> {
    const path = '/api/own/application-passwords';
    const refused = await client.send('POST', path, { name: 'telephone', current: 'wrong-one-4' });
    assert.equal(refused.status, 401);
    const made = await client.send('POST', path, { name: 'telephone', current: password });
    const { password: own } = made.body as { password: string };
    secrets.push(own, own.replaceAll('-', ''));
    assert.deepEqual(await doors(own), allIn);
    assert.deepEqual(await doors(own.replaceAll('-', ' ').toUpperCase()), allIn, 'as people type');
    assert.equal(await refusedPage(own, '123456'), 'credentialsWrong', 'no page takes it');
    const api = await fetch(`http://127.0.0.1:${server.ports.http}${path}`, {
      headers: { authorization: `Basic ${Buffer.from(`${wang}:${own}`).toString('base64')}` },
    });
    assert.equal(api.status, 403, 'it is for mail, not for the account');

    const program = await ImapClient.login(server.ports.imap, wang, own);
    const [item] = ((await client.send('GET', path)).body as { items: Record<string, unknown>[] }).items;
    assert.equal(item?.['name'], 'telephone');
    assert.equal(typeof item?.['usedAtMs'], 'number');
    assert.equal((await client.send('DELETE', `${path}/${item?.['applicationPassword']}`)).status, 204);
    await assert.rejects(program.ok('NOOP'), 'its session has ended');
    assert.equal((await client.send('GET', '/api/session')).status, 200, 'no other has');
    assert.match((await doors(own))['imap']!, /^NO/);
  }

  test('after so many wrong codes nobody tries another, and the administrator helps with a reason', async () => {
    const { codes } = await turnOn(await page());
    let tries = 0;
    while ((await refusedPage(password, '000000x')) === 'secondFactorWrong') tries++;
    assert.ok(tries > 0 && tries <= codeLimits.maxPerHour, String(tries));
    assert.equal(await refusedPage(password, codes[0]), 'tooManyAttempts');
    const bare = await server.verb('account', 'second-factor', 'reset', wang);
    assert.notEqual(bare.code, 0);
    assert.match(bare.stderr, /--reason is missing/);
    await server.muniment('account', 'second-factor', 'reset', wang, '--reason', 'telephone lost');
    await page();
    assert.deepEqual(await doors(password), allIn);
  });

  test('nothing of secrets, codes and passwords is written down', () => {
    assert.ok(secrets.length > 20);
    assert.deepEqual(filesShowing(server.data, secrets), []);
    assert.deepEqual(shown(Buffer.from(server.output), secrets), []);
  });
});
