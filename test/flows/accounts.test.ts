/** What an administrator does with accounts, domains and addresses, and what mail then does: the real command and server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { imapLogin, inboxWith, mailWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { ImapClient, ImapRefused } from '../support/imap-client.ts';
import { Pop3Client } from '../support/pop3-client.ts';
import { RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const password = 'demo-Somebody-1';

flowOnEveryLog('accounts, domains and addresses', { timeout: 600_000 }, (openLog) => {
  let server: RealServer;

  before(async () => {
    server = await RealServer.start(['wang', 'li', 'zhao'], {}, await openLog());
  });

  after(() => server?.dispose());

  /** A mail from outside; the last reply. */
  async function mailTo(recipient: string, subject: string): Promise<string> {
    const smtp = await SmtpClient.connect(server.ports.smtp);
    const reply = await smtp.send('peer@peer.example', [recipient], mailWith(subject));
    await smtp.quit();
    return reply;
  }

  async function delivered(recipient: string, subject: string): Promise<void> {
    assert.match(await mailTo(recipient, subject), /^250 2\.0\.0 OK /, recipient);
  }

  function login(address: string, secret = password): Promise<ImapClient> {
    return ImapClient.login(server.ports.imap, address, secret);
  }

  /** Subjects in the INBOX, as soon as this one is among them. */
  async function subjects(client: ImapClient, awaited: string): Promise<string[]> {
    for (;;) {
      await client.ok('EXAMINE INBOX');
      const { untagged } = await client.ok('UID FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT)])');
      const found = untagged.flatMap((line) => /Subject: (.*)\r/.exec(line)?.[1] ?? []);
      if (found.includes(awaited)) return found;
    }
  }

  async function refused(...args: readonly string[]): Promise<string> {
    const { code, stderr, stdout } = await server.verb(...args);
    assert.notEqual(code, 0, args.join(' '));
    assert.doesNotMatch(stderr, /\n\s+at /, 'no stack');
    return stderr + stdout;
  }

  async function listed(address: string): Promise<Record<string, unknown>> {
    const rows = JSON.parse(await server.muniment('account', 'list', '--search', address, '--json'));
    return rows.find((row: Record<string, unknown>) => row['address'] === address);
  }

  test('ACC-01: a mailbox with address, first password and quota', async () => {
    await server.muniment('account', 'add', 'sun@acme.example', '--password', password, '--quota', '10MiB');
    const client = await login('sun@acme.example');
    await delivered('sun@acme.example', 'first');
    assert.deepEqual(await subjects(client, 'first'), ['first']);
    await client.logout();
    assert.equal((await listed('sun@acme.example'))['quotaOctets'], 10 * 1024 * 1024);
    assert.match(await refused('account', 'add', 'sun', '--password', password), /sun/);
    assert.match(
      await refused('account', 'add', 'sun@acme.example', '--password', password),
      /taken|already/,
    );
  });

  test('ACC-02: name, quota and role are given with the account', async () => {
    const given = ['--password', password, '--name', '周会计', '--quota', '2GiB', '--role', 'auditor'];
    await server.muniment('account', 'add', 'zhou@acme.example', ...given);
    const { realName, quotaOctets, roles } = await listed('zhou@acme.example');
    assert.deepEqual([realName, quotaOctets, roles], ['周会计', 2 * 1024 ** 3, ['auditor']]);
  });

  test('ACC-03 and ACC-04: name, password and quota change at any time, the address never', async () => {
    await server.muniment('account', 'add', 'wu@acme.example', '--password', password);
    await server.muniment('account', 'name', 'wu@acme.example', '吴经理');
    await server.muniment('account', 'quota', 'wu@acme.example', '5MiB');
    const before = await login('wu@acme.example');
    await server.muniment('account', 'passwd', 'wu@acme.example', '--password', 'another-Secret-2');
    assert.match(await before.wire.rest(), /^\* BYE /);
    await assert.rejects(login('wu@acme.example'), ImapRefused);
    await (await login('wu@acme.example', 'another-Secret-2')).logout();
    const { realName, quotaOctets, address } = await listed('wu@acme.example');
    assert.deepEqual([realName, quotaOctets, address], ['吴经理', 5 * 1024 * 1024, 'wu@acme.example']);
    const { stdout } = await server.verb('help');
    assert.doesNotMatch(stdout, /account (?:rename|move|address)/);
  });

  test('ACC-05: frozen: no sign-in, no sending, no receiving, its mail stays; and back', async () => {
    await delivered('zhao@acme.example', 'before');
    const open = await imapLogin(server, 'zhao');
    await subjects(open, 'before');
    const collecting = await Pop3Client.login(server.ports.pop3, 'zhao@acme.example', 'demo-Zhao-1');
    const submitting = await SmtpClient.connect(server.ports.submission);
    await submitting.login('zhao@acme.example', 'demo-Zhao-1');
    await server.muniment('account', 'freeze', 'zhao@acme.example', '--reason', 'on leave');
    assert.match(await open.wire.rest(), /\* BYE /);
    await collecting.wire.ended();
    assert.match(await submitting.wire.rest(), /^421 /);
    await assert.rejects(imapLogin(server, 'zhao'), ImapRefused);
    assert.match(await mailTo('zhao@acme.example', 'meanwhile'), /^450 4\.2\.1 /);
    const smtp = await SmtpClient.connect(server.ports.submission);
    await assert.rejects(smtp.login('zhao@acme.example', 'demo-Zhao-1'));
    await smtp.quit();
    await server.muniment('account', 'unfreeze', 'zhao@acme.example');
    await delivered('zhao@acme.example', 'after');
    const again = await imapLogin(server, 'zhao');
    assert.deepEqual(await subjects(again, 'after'), ['before', 'after']);
    await again.logout();
  });

  test('ACC-15: a group: every member gets a copy; it is no login, no user’s name; members change, it goes', async () => {
    await server.muniment('group', 'add', 'sales@acme.example', 'wang@acme.example', 'li@acme.example');
    await server.muniment('group', 'add', 'all@acme.example', 'wang@acme.example');
    await delivered('sales@acme.example', 'to both');
    for (const name of ['wang', 'li']) {
      const client = await imapLogin(server, name);
      assert.deepEqual(await subjects(client, 'to both'), ['to both']);
      await client.logout();
    }
    await assert.rejects(login('sales@acme.example', 'demo-Wang-1'), ImapRefused);
    await refused('group', 'add', 'li@acme.example', 'wang@acme.example');
    await server.muniment('group', 'remove-members', 'sales@acme.example', 'li@acme.example');
    await delivered('sales@acme.example', 'to one');
    const client = await imapLogin(server, 'wang');
    assert.deepEqual(await subjects(client, 'to one'), ['to both', 'to one']);
    await client.logout();
    assert.equal((await inboxWith(server, 'li', 1)).length, 1);
    await server.muniment('group', 'remove', 'sales@acme.example');
    assert.match(await mailTo('sales@acme.example', 'gone'), /^550 5\.1\.1 /);
  });

  test('ACC-05 and ACC-15: a frozen member of a group gets no copy, and the trace of the mail names them', async () => {
    await server.muniment('account', 'add', 'ma@acme.example', '--password', password);
    await server.muniment('group', 'add', 'crew@acme.example', 'ma@acme.example', 'wang@acme.example');
    await server.muniment('account', 'freeze', 'ma@acme.example', '--reason', 'on leave');
    const message = /OK (\S+)/.exec(await mailTo('crew@acme.example', 'without them'))![1]!;
    const shown = await server.muniment('message', 'trace', message);
    assert.match(shown, /crew@acme\.example +no copy for ma@acme\.example: the account was frozen/);
    assert.match(shown, / MembersPassedOver /);
    await server.muniment('account', 'unfreeze', 'ma@acme.example');
    await delivered('crew@acme.example', 'with them');
    const client = await login('ma@acme.example');
    assert.deepEqual(await subjects(client, 'with them'), ['with them']);
    await client.logout();
    await server.muniment('group', 'remove', 'crew@acme.example');
  });

  test('ACC-16: an alias: mail to either arrives, and it is no login', async () => {
    await server.muniment('account', 'add', 'he@acme.example', '--password', password);
    await server.muniment('alias', 'add', 'info@acme.example', 'he@acme.example');
    await delivered('info@acme.example', 'by alias');
    await delivered('he@acme.example', 'by name');
    const client = await login('he@acme.example');
    assert.deepEqual(await subjects(client, 'by name'), ['by alias', 'by name']);
    await client.logout();
    await assert.rejects(login('info@acme.example'), ImapRefused);
    await server.muniment('alias', 'remove', 'info@acme.example');
    assert.match(await mailTo('info@acme.example', 'gone'), /^550 5\.1\.1 /);
  });

  test('ACC-18: mail for nobody goes back, or to one chosen mailbox', async () => {
    assert.match(await mailTo('nobody@acme.example', 'back'), /^550 5\.1\.1 /);
    await server.muniment('account', 'add', 'catch@acme.example', '--password', password);
    await server.muniment('domain', 'catch-all', 'acme.example', 'catch@acme.example');
    await delivered('nobody@acme.example', 'caught');
    const client = await login('catch@acme.example');
    assert.deepEqual(await subjects(client, 'caught'), ['caught']);
    await client.logout();
    await server.muniment('domain', 'catch-all', 'acme.example', 'none');
    assert.match(await mailTo('nobody@acme.example', 'back'), /^550 5\.1\.1 /);
  });

  test('ACC-19: several domains, each with its own people, listed with their accounts', async () => {
    await server.muniment('domain', 'add', 'other.example');
    await server.muniment('account', 'add', 'wang@other.example', '--password', password);
    await delivered('wang@other.example', 'for the other wang');
    const client = await login('wang@other.example');
    assert.deepEqual(await subjects(client, 'for the other wang'), ['for the other wang']);
    await client.logout();
    const own = await imapLogin(server, 'wang');
    assert.ok(!(await subjects(own, 'to one')).includes('for the other wang'));
    await own.logout();
    assert.match(
      await server.muniment('domain', 'list'),
      /acme\.example[^\n]*\n(?:.*\n)*other\.example[^\n]* 1\b/,
    );
  });

  test('ACC-20: a bound name reaches the same mailbox, until it is taken off', async () => {
    await server.muniment('account', 'add', 'xu@acme.example', '--password', password);
    await server.muniment('domain', 'bind', 'acme-bound.example', 'acme.example');
    await delivered('xu@acme-bound.example', 'by the bound name');
    await delivered('xu@acme.example', 'by the first name');
    const client = await login('xu@acme-bound.example');
    assert.deepEqual(await subjects(client, 'by the first name'), ['by the bound name', 'by the first name']);
    await client.logout();
    await server.muniment('domain', 'unbind', 'acme-bound.example');
    assert.match(await mailTo('xu@acme-bound.example', 'gone'), /^550 5\.7\.1 /);
  });

  test('ACC-22: a name that is a domain’s cannot be taken or bound by a second one', async () => {
    for (const args of [
      ['domain', 'add', 'other.example'],
      ['domain', 'add', 'OTHER.example'],
      ['domain', 'bind', 'other.example', 'acme.example'],
      ['domain', 'bind', 'acme.example', 'other.example'],
    ])
      assert.match(await refused(...args), /already belongs to a domain/, args.join(' '));
  });

  test('ACC-23: a sub-domain wants to be taken in itself', async () => {
    assert.match(await mailTo('wang@vip.acme.example', 'not yet'), /^550 5\.7\.1 /);
    await server.muniment('domain', 'add', 'vip.acme.example');
    await server.muniment('account', 'add', 'wang@vip.acme.example', '--password', password);
    await delivered('wang@vip.acme.example', 'for the vip');
    const client = await login('wang@vip.acme.example');
    assert.deepEqual(await subjects(client, 'for the vip'), ['for the vip']);
    await client.logout();
  });
});
