/** The facts that rules judge by, of a mail that has been scanned. Pure. */
import type { FactAttachment, Party, Roster, RuleFacts } from '../../policies/rule-language/rule-facts.ts';
import type { Authentication } from '../domain/authentication.ts';
import type { ResolvedRecipient } from '../domain/message.ts';
import type { Uuid } from '../domain/values.ts';
import type { MailAddress, MailFacts } from '../mail/facts.ts';
import type { MailTexts } from '../mail/mail-texts.ts';

export interface JudgedMail {
  /** Envelope sender; empty for the null sender. */
  readonly returnPath: string;
  /** Account that submits it; null for mail from outside. */
  readonly submitter: Uuid | null;
  readonly recipients: readonly ResolvedRecipient[];
  readonly octets: number;
  readonly facts: MailFacts;
  /** `unchecked`: the peer is not checked. Null: nobody knows. */
  readonly authentication: Authentication | 'unchecked' | null;
}

/** `texts`: null where nobody read them, or nobody could. */
export function ruleFacts(
  { returnPath, submitter, recipients, octets, facts, authentication }: JudgedMail,
  texts: MailTexts | null,
  roster: Roster,
  nowMs: number,
): RuleFacts {
  return {
    nowMs,
    sender: { address: returnPath, account: submitter },
    recipients: recipients satisfies readonly Party[],
    addresses: {
      from: addressesOf(facts.from),
      sender: addressesOf(facts.sender),
      replyTo: addressesOf(facts.replyTo),
      to: addressesOf(facts.to),
      cc: addressesOf(facts.cc),
      bcc: addressesOf(facts.bcc),
    },
    headerComplete: facts.complete,
    subject: facts.subject,
    headers: texts?.headers ?? null,
    body: texts?.body ?? null,
    attachmentTexts: texts?.attachments ?? null,
    attachments: attachmentsOf(facts, texts),
    octets,
    authentication:
      typeof authentication === 'string' ? authentication : authentication && resultsOf(authentication),
    isEncrypted: texts?.isEncrypted ?? false,
    isSigned: texts?.isSigned ?? false,
    roster,
  };
}

function resultsOf({ spf, dkim, dmarc, arc }: Authentication) {
  return { spf: spf.result, dkim: dkim.result, dmarc: dmarc.result, arc: arc.result };
}

function addressesOf(mailboxes: readonly MailAddress[]): string[] {
  return mailboxes.map(({ address }) => address).filter((address) => address !== '');
}

/** With those that lie in messages inside the mail. */
function attachmentsOf({ attachments }: MailFacts, texts: MailTexts | null): FactAttachment[] {
  const { types = {}, names = {} } = texts ?? {};
  const own = attachments.map(({ part, name }) => ({ part, name, type: types[part] ?? null }));
  const listed = new Set(own.map(({ part }) => part));
  const inside = [...new Set([...Object.keys(types), ...Object.keys(names)])].filter(
    (part) => !listed.has(part),
  );
  return [...own, ...inside.map((part) => ({ part, name: names[part] ?? '', type: types[part] ?? null }))];
}
