/** Subject, sender and attachments of the East Asian mails of the corpus, as a careful person expects them to be shown. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { factsOf, type MailFacts } from '../../services/mail/facts.ts';
import { corpusIsThere, corpusMails, expectedRows } from '../support/mail-corpus.ts';
import { scanOf } from './scanning.ts';

/** `mail column` -> why we differ. The table's own notes call the first one defensible. */
const exceptions: Readonly<Record<string, string>> = {
  'own-cjk-headers-twice subject':
    'three subjects: the last one counts, as in ENVELOPE, which agrees with Dovecot',
  'own-cjk-outlook-tnef-text-in-rtf-only attachments': 'facts do not look into winmail.dat, and so list it',
  'own-cjk-uuencode-gbk-name attachments': 'facts do not look into the text, where the uuencoded file stands',
  'own-cjk-related-cid-pictures attachments':
    'facts do not look into the page, which does not show its fourth picture',
  'own-cjk-related-cid-pictures inline': 'as before',
};

/** Which columns agree: all but the exceptions, of 99 mails. */
const expectedAgreement = { subject: 98, from: 99, attachments: 96, inline: 98 };

type Column = keyof typeof expectedAgreement;

function names(facts: MailFacts, role: string): string {
  const shown = facts.attachments.filter((attachment) => attachment.role === role);
  return shown
    .map(({ name, type }) => name || (type === 'message/rfc822' ? '[message]' : `[unnamed ${type}]`))
    .join(' | ');
}

function columns(facts: MailFacts): Record<Column, string> {
  const [sender] = facts.from;
  const from = sender ? sender.name || sender.address.replace(/@.*$/, '') : '';
  return {
    subject: facts.subject,
    from,
    attachments: names(facts, 'attachment'),
    inline: names(facts, 'inline'),
  };
}

describe('what the corpus expects', { skip: corpusIsThere ? false : '../shared/corpus is absent' }, () => {
  test('exact agreement, apart from the named exceptions', () => {
    const mails = new Map(corpusMails().map(({ name, octets }) => [name, octets]));
    const agreement: Record<Column, number> = { subject: 0, from: 0, attachments: 0, inline: 0 };
    const differences: string[] = [];
    for (const [name, subject, from, , , attachments, inline] of expectedRows()) {
      const ours = columns(factsOf(scanOf(mails.get(name!)!)));
      // An attached mail without a file name is listed by its subject, which is the reader's to look up.
      const theirs = {
        subject,
        from,
        attachments: attachments?.replace(/\[message: [^\]]*\]/g, '[message]'),
        inline,
      };
      for (const column of Object.keys(agreement) as Column[]) {
        const same = ours[column] === theirs[column];
        if (same) agreement[column]++;
        if (same === (exceptions[`${name} ${column}`] !== undefined)) {
          differences.push(
            `${name} ${column}: ${JSON.stringify(ours[column])}, expected ${JSON.stringify(theirs[column])}`,
          );
        }
      }
    }
    assert.deepEqual(differences, []);
    assert.deepEqual(agreement, expectedAgreement);
  });
});
