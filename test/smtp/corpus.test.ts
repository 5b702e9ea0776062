/** Every mail of the corpus that SMTP can carry comes out of the real stores octet for octet, behind our trace text. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { IntakeHouse } from '../support/intake-house.ts';
import { corpusIsThere, corpusMails } from '../support/mail-corpus.ts';
import { openHouse } from './smtp-house.ts';
import { SmtpPeer } from './smtp-peer.ts';

/** What the index says of each mail, by name. */
function specials(): Map<string, string> {
  const index = readFileSync(new URL('../../../shared/corpus/index.tsv', import.meta.url), 'utf8');
  return new Map(
    index
      .split('\n')
      .map((line) => line.split('\t'))
      .map((row) => [row[0]!, row[5] ?? '']),
  );
}

test('the corpus', { skip: corpusIsThere ? false : '../shared/corpus is absent' }, async (t) => {
  const intakeHouse = await IntakeHouse.open();
  t.after(() => intakeHouse.close());
  const house = await openHouse(t, {}, await intakeHouse.intakeWith());
  const special = specials();
  const peer = await SmtpPeer.connect(house.port('mx'));
  await peer.say('EHLO peer.example', 250);
  let refused = 0;
  let taken = 0;
  for (const { name, octets } of corpusMails()) {
    const utf8 = special.get(name)?.includes('needs-smtputf8') ? ' SMTPUTF8' : '';
    await peer.say(`MAIL FROM:<a@outside.example> BODY=8BITMIME${utf8}`, 250);
    await peer.say('RCPT TO:<wang@acme.example>', 250);
    await peer.say('DATA', 354);
    peer.writeMail(octets);
    const text = octets.toString('latin1');
    const answer = await peer.reply();
    if (/(?<!\r)\n|\r(?!\n)/.test(text)) {
      refused++;
      assert.match(answer, /^550 5\.6\.11 /, name);
    } else if (octets.includes(0)) {
      assert.match(answer, /^550 5\.6\.0 /, name);
    } else {
      taken++;
      const message = /^250 2\.0\.0 OK (\S+) \d+$/.exec(answer)?.[1];
      assert.ok(message, `${name}: ${answer}`);
      const whole = text.endsWith('\r\n') ? octets : Buffer.concat([octets, Buffer.from('\r\n')]);
      assert.ok((await intakeHouse.blobOf(message)).equals(whole), `${name} came out changed`);
    }
  }
  assert.ok(refused > 100 && taken > 150, `${refused} refused, ${taken} taken`);
});
