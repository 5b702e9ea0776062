/** Mail from outside is checked for where it comes from: what readers see of it, what the log keeps, and whom it stops. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { peerRecord, sealedBy, signedBy } from '../services/authentication/signed-mails.ts';
import { inboxWith } from '../support/delivered-mail.ts';
import { DnsServer, type Zone } from '../support/dns-server.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const zone = (): Zone => ({
  'partner.example': { txt: ['v=spf1 ip4:127.0.0.0/8 -all'] },
  'forged.example': { txt: ['v=spf1 -all'] },
  'peer._domainkey.partner.example': { txt: [peerRecord] },
  'peer._domainkey.list.example': { txt: [peerRecord] },
  '_dmarc.partner.example': { txt: ['v=DMARC1; p=quarantine'] },
  '_dmarc.forged.example': { txt: ['v=DMARC1; p=reject'] },
  'silent.example': { fails: 'silence' },
  '_dmarc.silent.example': { fails: 'silence' },
});

const mailOf = (subject: string, from = 'buyer@partner.example') =>
  `From: <${from}>\r\nTo: <${addressOf('wang')}>\r\nSubject: ${subject}\r\n\r\n${subject}\r\n`;

async function hand(server: RealServer, sender: string, mail: string): Promise<string> {
  const client = await SmtpClient.connect(server.ports.smtp);
  const reply = await client.send(sender, [addressOf('wang')], Buffer.from(mail));
  await client.quit();
  return reply;
}

/** The field that acceptance put in front of the newest mail, unfolded. */
function resultsField(mail: Buffer): string {
  const trace = mail.toString().split('\r\nReceived:')[0]!;
  const [, field = ''] = trace.split('\r\nAuthentication-Results: ');
  return field.replaceAll(/\r\n\s+/g, ' ');
}

flowOnEveryLog('where mail comes from', { timeout: 120_000 }, (openLog) => {
  let dns: DnsServer;
  let server: RealServer;
  let count = 0;

  before(async () => {
    dns = await DnsServer.start(zone());
    const settings = {
      MUNIMENT_DNS_SERVERS: dns.address,
      // All traffic of tests is on loopback: here it counts as outside.
      MUNIMENT_UNCHECKED_NETWORKS: '192.0.2.1',
      MUNIMENT_ORIGIN_CHECK_TIMEOUT_MS: '700',
      MUNIMENT_DMARC: 'reject',
    };
    server = await RealServer.start(['wang'], settings, await openLog());
  });

  after(async () => {
    await server.dispose();
    await dns.close();
  });

  async function arrived(sender: string, mail: string): Promise<string> {
    assert.match(await hand(server, sender, mail), /^250 /);
    count++;
    return resultsField((await inboxWith(server, 'wang', count)).at(-1)!);
  }
  const lastAccepted = async () =>
    (await server.facts()).filter(({ type }) => type === 'MessageAccepted').at(-1)!.data;

  test('proved: by address, by signature, and both fit the sender', async () => {
    const field = await arrived('buyer@partner.example', await signedBy('partner.example', mailOf('proved')));
    assert.equal(
      field,
      'mail.acme.example; spf=pass smtp.mailfrom=partner.example; ' +
        'dkim=pass header.d=partner.example header.s=peer header.a=ed25519-sha256; ' +
        'dmarc=pass header.from=partner.example; arc=none',
    );
    const { spf, dkim, dmarc, arc } = await lastAccepted();
    assert.deepEqual([spf, dkim, dmarc, arc], ['pass', 'pass', 'pass', 'none']);
    const traced = await server.muniment('message', 'trace', '--subject', 'proved');
    assert.match(
      traced,
      /^Sent by {10}partner\.example: proved \(SPF pass, DKIM pass, DMARC pass, ARC none\)$/m,
    );
  });

  test('an altered body is told, and not refused where the domain does not ask for that', async () => {
    const mail = (await signedBy('partner.example', mailOf('altered'))).replace(
      '\r\n\r\naltered',
      '\r\n\r\nchanged',
    );
    assert.match(
      await arrived('x@forged.example', mail),
      /spf=fail .*; dkim=fail .*; dmarc=fail .*; arc=none$/,
    );
  });

  test('a chain of a list that passed it on', async () => {
    const sealed = await sealedBy('list.example', mailOf('passed on'));
    assert.match(
      await arrived('bounce@list.example', sealed),
      /dmarc=fail .*; arc=pass header\.d=list\.example$/,
    );
  });

  test('where the domain asks for it, what fails is refused, and that is recorded', async () => {
    const reply = await hand(server, 'boss@forged.example', mailOf('forged', 'boss@forged.example'));
    assert.match(reply, /^550 5\.7\.1 .*DMARC/);
    const refused = (await server.facts()).filter(({ type }) => type === 'MessageRefused').at(-1)!;
    const { because, spf, dmarc } = refused.data;
    assert.deepEqual([because, spf, dmarc], ['dmarc', 'fail', 'fail']);
  });

  test('a DNS that is silent keeps nobody waiting and refuses nobody', async () => {
    const field = await arrived('a@silent.example', mailOf('silent', 'a@silent.example'));
    assert.match(field, /spf=temperror.*; dkim=none; dmarc=temperror/);
  });

  test('a field that claims to be ours is renamed where it is read, and kept as it came', async () => {
    const forged =
      'Authentication-Results: mail.acme.example; dmarc=pass\r\n' +
      'authentication-results:\r\n (really) Mail.Acme.Example; spf=pass\r\n' +
      'Authentication-Results: mx.partner.example; spf=pass\r\n';
    await arrived('x@forged.example', `${forged}${mailOf('claims')}`);
    const mail = (await inboxWith(server, 'wang', count)).at(-1)!.toString();
    assert.match(
      mail,
      /\r\nUntrusted-Auth-Results: mail\.acme\.example; dmarc=pass\r\nUntrusted-Auth-Results:\r\n \(really\)/,
    );
    assert.match(mail, /\r\nAuthentication-Results: mx\.partner\.example; spf=pass\r\n/);
    assert.equal(mail.match(/^Authentication-Results: mail\.acme\.example/gm)!.length, 1);
    const many = 'Authentication-Results: x.example; none\r\n'.repeat(101);
    assert.match(await hand(server, 'x@forged.example', many + mailOf('many')), /^554 |^550 /);
  });

  test('whoever has signed in is not checked', async () => {
    const client = await SmtpClient.connect(server.ports.submission);
    await client.login(addressOf('wang'), passwordOf('wang'));
    const octets = Buffer.from(mailOf('own', addressOf('wang')));
    assert.match(await client.send(addressOf('wang'), [addressOf('wang')], octets), /^250 /);
    await client.quit();
    count++;
    assert.equal(resultsField((await inboxWith(server, 'wang', count)).at(-1)!), '');
    const { spf, dkim, dmarc, arc } = await lastAccepted();
    assert.deepEqual([spf, dkim, dmarc, arc], [null, null, null, null]);
  });

  test('and the log still verifies', async () => {
    assert.equal((await server.verb('verify')).code, 0);
  });
});

flowOnEveryLog('mail of this machine and of private networks', { timeout: 60_000 }, (openLog) => {
  test('is not checked', async () => {
    const dns = await DnsServer.start(zone());
    const server = await RealServer.start(['wang'], { MUNIMENT_DNS_SERVERS: dns.address }, await openLog());
    try {
      const reply = await hand(server, 'boss@forged.example', mailOf('inside', 'boss@forged.example'));
      assert.match(reply, /^250 /);
      assert.equal(resultsField((await inboxWith(server, 'wang', 1))[0]!), '');
      assert.deepEqual(dns.asked, []);
    } finally {
      await server.dispose();
      await dns.close();
    }
  });
});
