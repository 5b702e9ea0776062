/** Mail leaves to a real server: Debian's Postfix as next hop, plain and under STARTTLS. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { randomLines } from '../support/delivered-mail.ts';
import { Postfix, type PostfixSettings, withoutPostfix } from '../support/postfix.ts';
import { DeliveryHouse } from './delivery-house.ts';

const skip = withoutPostfix();

async function houseBefore(t: TestContext, settings: PostfixSettings) {
  const postfix = await Postfix.start(settings);
  t.after(() => postfix.stop());
  const house = await DeliveryHouse.open(t);
  house.settings = { port: postfix.port };
  house.start();
  return { postfix, house };
}

/** What lies there behind the fields that Postfix puts in front. */
function withoutPostfixFields(octets: Buffer): string {
  const text = octets.toString('latin1');
  return text.slice(text.indexOf('Received: from [127.0.0.1]\n'));
}

function asKept(blob: Buffer): string {
  return `Received: from [127.0.0.1]\n${blob.toString('latin1').replaceAll('\r\n', '\n')}`;
}

describe('Postfix as next hop', { skip, timeout: 120_000 }, () => {
  test('takes the exact octets, one transaction for several, and its answer is kept', async (t) => {
    const { postfix, house } = await houseBefore(t, { names: ['a', 'b'] });
    const blob = Buffer.from(
      'From: <wang@acme.example>\r\nSubject: 合同\r\n\r\n.\r\n..\r\n.x\r\n正文 \r\n\r\n',
    );
    const rows = await house.untilEnded(await house.accept(['a@out.example', 'b@out.example'], { blob }));
    for (const row of rows) {
      assert.deepEqual([row.state, row.tls], ['completed', 'none']);
      assert.match(row.reply, /^250 2\.0\.0 Ok: queued as [0-9A-Za-z]+$/);
    }
    assert.equal(rows[0]!.reply, rows[1]!.reply);
    for (const name of ['a', 'b']) {
      const [mail] = await postfix.mails(name, 1);
      assert.equal(withoutPostfixFields(mail!), asKept(blob));
      assert.match(mail!.toString(), /^Return-Path: <wang@acme\.example>\n/);
    }
  });

  test('under STARTTLS, with what was negotiated as Postfix says it, and a mail of megabytes', async (t) => {
    const { postfix, house } = await houseBefore(t, { names: ['a'], tls: true });
    const blob = Buffer.concat([Buffer.from('Subject: large\r\n\r\n'), randomLines(3_000_000)]);
    const [row] = await house.untilEnded(await house.accept(['a@out.example'], { blob }));
    assert.deepEqual([row!.state, row!.tls, row!.certificateValid], ['completed', 'tls13', false]);
    const [mail] = await postfix.mails('a', 1);
    assert.ok(withoutPostfixFields(mail!) === asKept(blob), 'the octets differ');
    assert.ok(mail!.toString('latin1', 0, 2000).includes(`using TLSv1.3 with cipher ${row!.cipher}`));
  });

  test('says no to one, not now to another, and each is understood', async (t) => {
    const { postfix, house } = await houseBefore(t, {
      names: ['a'],
      answers: { later: '450 4.7.1 greylisted', spam: '554 5.7.1 blocked using a list' },
      maxOctets: 100_000,
    });
    house.settings = { ...house.settings, retryMs: 60_000 };
    const names = ['a', 'nobody', 'later', 'spam'];
    const message = await house.accept(names.map((name) => `${name}@out.example`));
    const rows = await house.until(message, (all) => all.every(({ reply }) => reply !== ''));
    assert.deepEqual(
      rows.map((row) => [row.state, row.code, row.class]),
      [
        ['completed', 250, null],
        ['failed', 550, 'noSuchUser'],
        ['waiting', 450, 'temporary'],
        ['failed', 554, 'spamPolicy'],
      ],
    );
    assert.equal((await postfix.mails('a', 1)).length, 1);
    const [large] = await house.untilEnded(
      await house.accept(['a@out.example'], { blob: randomLines(200_000) }),
    );
    assert.deepEqual([large!.state, large!.class], ['failed', 'tooLarge']);
  });

  test('many mails over few connections, each once', async (t) => {
    const { postfix, house } = await houseBefore(t, { names: ['a'], tls: true });
    const subjects = Array.from({ length: 200 }, (_, n) => `mail ${n}`);
    const messages = await Promise.all(
      subjects.map((subject) => house.accept(['a@out.example'], { subject })),
    );
    for (const message of messages) await house.untilEnded(message);
    const mails = await postfix.mails('a', subjects.length);
    const found = mails.map((mail) => /^Subject: (.*)$/m.exec(mail.toString())![1]!);
    assert.deepEqual(found.sort(), subjects.sort());
  });
});
