/** A mail as it goes out: what acceptance put in front of it, without Return-Path, and its exact octets. */
import type { Uuid } from '../domain/values.ts';
import type { MailReader } from '../mailstores/mail-reader.ts';

export interface OutgoingMail {
  /** Envelope sender; empty for the null sender. */
  readonly sender: string;
  readonly octets: number;
  /** In pieces, read as they are asked for. */
  stream(): AsyncIterable<Uint8Array>;
}

/**
 * Return-Path is for the last server alone (RFC 5321 §4.4), and it says verbatim who the envelope sender was. Null
 * where the mail has been erased, or was filed by its owner and never had an envelope.
 */
export async function openOutgoingMail(
  mails: Pick<MailReader, 'open' | 'stream'>,
  message: Uuid,
): Promise<OutgoingMail | null> {
  const mail = await mails.open(message);
  if (mail === null) return null;
  const trace = Buffer.from(mail.trace).toString('utf8');
  const returnPath = /^Return-Path: <(.*)>\r\n/.exec(trace);
  if (!returnPath) return null;
  const from = Buffer.byteLength(returnPath[0]);
  return {
    sender: returnPath[1]!,
    octets: mail.octets - from,
    stream: () => mails.stream(mail, from),
  };
}
