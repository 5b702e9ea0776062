/** What `MessageAccepted` seals of a mail's facts and of how it came. Pure. */
import type { JsonObject } from './domain/event.ts';
import type { IncomingMail } from './intake.ts';
import type { MailAddress, MailFacts } from './mail/facts.ts';

export function acceptedFacts(mail: IncomingMail, sha256: string, facts: MailFacts): JsonObject {
  return {
    sha256,
    returnPath: sealable(mail.returnPath),
    peer: mail.peer.address,
    helo: sealable(mail.peer.helo),
    subject: sealable(facts.subject),
    from: facts.from.map(addressOf),
    to: [...facts.to, ...facts.cc].map(addressOf),
    messageId: sealable(facts.messageId),
    dateMs: facts.dateMs,
  };
}

function addressOf({ name, address }: MailAddress): string {
  return sealable(address === '' ? name : address);
}

/**
 * A control character or half a surrogate pair would take six octets of JSON, so that a mail could be made whose
 * facts fit into no event.
 */
export function sealable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\ufffd').toWellFormed();
}
