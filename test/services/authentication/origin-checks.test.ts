/** SPF, DKIM, DMARC and ARC against a DNS of our own: what is proved, what is not, and what cannot be known. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DnsAnswers } from '../../../services/authentication/dns-answers.ts';
import { DnsOriginChecks } from '../../../services/authentication/origin-checks.ts';
import type { Authentication } from '../../../services/domain/authentication.ts';
import type { MailOrigin } from '../../../services/intake.ts';
import { DnsServer, type Zone } from '../../support/dns-server.ts';
import { peerRecord, rfc8463, sealedBy, signedBy, signedOctetsOf } from './signed-mails.ts';

const plain = (from: string) =>
  `From: <${from}>\r\nTo: wang@acme.example\r\nSubject: offer\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\nbody\r\n`;
const outside: MailOrigin = { address: '192.0.2.7', helo: 'mx.partner.example', sender: 'a@partner.example' };

const zone = (): Zone => ({
  'partner.example': { txt: ['v=spf1 ip4:192.0.2.0/24 -all'] },
  'peer._domainkey.partner.example': { txt: [peerRecord] },
  '_dmarc.partner.example': { txt: ['v=DMARC1; p=reject'] },
  'news.partner.example': { txt: ['v=spf1 -all'] },
  'list.example': { txt: ['v=spf1 ip4:192.0.2.0/24 -all'] },
  'peer._domainkey.list.example': { txt: [peerRecord] },
  'brisbane._domainkey.football.example.com': { txt: [rfc8463.record] },
  'loop.example': { txt: ['v=spf1 include:loop.example -all'] },
});

describe('checks of where a mail comes from', { timeout: 60_000 }, () => {
  let dns: DnsServer;

  before(async () => {
    dns = await DnsServer.start(zone());
  });
  after(() => dns.close());

  async function check(mail: string, origin = outside, timeoutMs = 5000): Promise<Authentication> {
    const settings = { hostname: 'mx.acme.example', isChecked: () => true, timeoutMs };
    const checks = new DnsOriginChecks(new DnsAnswers([dns.address]), settings, (error) => {
      throw error;
    });
    return checks.begin(origin)!.finish(signedOctetsOf(mail));
  }
  const results = ({ spf, dkim, dmarc, arc }: Authentication) => [
    ...[spf.result, dkim.result, dmarc.result, arc.result],
  ];

  test('the published example of RFC 8463 verifies', async () => {
    const { dkim } = await check(rfc8463.mail);
    assert.equal(dkim.result, 'pass');
    assert.deepEqual(dkim.signatures, [
      {
        result: 'pass',
        domain: 'football.example.com',
        selector: 'brisbane',
        algorithm: 'ed25519-sha256',
        reason: '',
      },
    ]);
    const altered = await check(rfc8463.mail.replace('hungry', 'thirsty'));
    assert.deepEqual(
      altered.dkim.signatures.map(({ result, reason }) => [result, reason]),
      [['fail', 'body hash did not verify']],
    );
  });

  test('a mail that is signed by its own domain passes them all', async () => {
    const found = await check(await signedBy('partner.example', plain('a@partner.example')));
    assert.deepEqual(results(found), ['pass', 'pass', 'pass', 'none']);
    assert.deepEqual(found.dmarc, { result: 'pass', domain: 'partner.example', policy: 'reject' });
    assert.equal(found.spf.domain, 'partner.example');
  });

  test('an altered header fails, and DMARC says what the domain asks for', async () => {
    const mail = (await signedBy('partner.example', plain('a@partner.example'))).replace('offer', 'offers');
    const found = await check(mail, { ...outside, sender: 'x@news.partner.example' });
    assert.deepEqual(results(found), ['fail', 'fail', 'fail', 'none']);
    assert.equal(found.dmarc.policy, 'reject');
    assert.equal(found.dkim.signatures[0]!.reason, 'bad signature');
  });

  test('an expired signature is none that counts', async () => {
    const mail = await signedBy('partner.example', plain('a@partner.example'), {
      expires: new Date(Date.now() - 3_600_000),
    });
    const { dkim } = await check(mail);
    assert.deepEqual([dkim.result, dkim.signatures[0]!.reason], ['neutral', 'expired']);
  });

  test('a good signature of somebody else proves nothing about From', async () => {
    const mail = await signedBy('list.example', plain('a@partner.example'));
    const found = await check(mail, { ...outside, sender: 'bounce@list.example' });
    assert.deepEqual(results(found), ['pass', 'pass', 'fail', 'none']);
  });

  test('a list that passes a mail on seals what it found', async () => {
    const sealed = await sealedBy('list.example', plain('a@partner.example'));
    const { arc } = await check(sealed);
    assert.deepEqual(arc, { result: 'pass', domain: 'list.example' });
    assert.equal((await check(sealed.replace('body', 'bodies'))).arc.result, 'fail');
  });

  test('two From fields, or none, can prove nothing', async () => {
    const twice = `From: <ceo@acme.example>\r\n${plain('a@partner.example')}`;
    assert.equal((await check(twice)).dmarc.result, 'permerror');
    assert.equal((await check('Subject: x\r\n\r\nbody')).dmarc.result, 'permerror');
    assert.equal((await check(`\r\n${plain('a@partner.example')}`)).dmarc.result, 'permerror');
  });

  test('the null sender is checked by HELO', async () => {
    const { spf } = await check(plain('a@partner.example'), {
      ...outside,
      sender: '',
      helo: 'partner.example',
    });
    assert.deepEqual(spf, { result: 'pass', domain: 'partner.example' });
  });

  test('a DNS that does not answer is a temporary error, in time, and no failure', async () => {
    const mail = await signedBy('partner.example', plain('a@partner.example'));
    const asked = { ...dns.zone };
    for (const name of Object.keys(dns.zone)) dns.zone[name] = { fails: 'silence' };
    try {
      const found = await check(mail, outside, 300);
      assert.deepEqual(results(found), ['temperror', 'temperror', 'temperror', 'none']);
    } finally {
      Object.assign(dns.zone, asked);
    }
  });

  test('where the policy is known and what would prove the mail cannot be asked, it has not failed', async () => {
    const mail = await signedBy('partner.example', plain('a@partner.example'));
    const asked = { ...dns.zone };
    for (const name of ['partner.example', 'peer._domainkey.partner.example'])
      dns.zone[name] = { fails: 'SERVFAIL' };
    try {
      const found = await check(mail);
      assert.deepEqual(results(found), ['temperror', 'temperror', 'temperror', 'none']);
      assert.equal(found.dmarc.policy, 'reject');
    } finally {
      Object.assign(dns.zone, asked);
    }
  });

  test('hostile mail is bounded: signatures, records that go round, names that are none', async () => {
    const one = (await signedBy('partner.example', plain('a@partner.example'))).split('\r\nFrom:')[0]!;
    const wrong = one.replace('b=', 'b=AAAA');
    const mail = `${`${wrong}\r\n`.repeat(100)}${plain('a@partner.example')}`;
    const before = dns.asked.length;
    const found = await check(mail, { ...outside, sender: 'a@loop.example' });
    assert.equal(found.dkim.signatures.length, 10);
    assert.equal(found.spf.result, 'permerror');
    assert.ok(dns.asked.length - before < 40, `${dns.asked.length - before} questions`);
    const odd = await check(plain('a@partner.example'), {
      ...outside,
      sender: 'a@x y\u0000.example',
      helo: '\r\n',
    });
    assert.match(odd.spf.result, /^(none|permerror)$/);
  });

  test('answers are kept: the same domain is asked for once', async () => {
    const settings = { hostname: 'mx.acme.example', isChecked: () => true, timeoutMs: 5000 };
    const checks = new DnsOriginChecks(new DnsAnswers([dns.address]), settings, () => {});
    const mail = signedOctetsOf(plain('a@partner.example'));
    await checks.begin(outside)!.finish(mail);
    const before = dns.asked.length;
    await checks.begin(outside)!.finish(mail);
    assert.equal(dns.asked.length, before);
  });
});
