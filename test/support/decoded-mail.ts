/** A mail with one text, as people read it. */
import { decodeText } from '../../services/mail/charset.ts';
import { factsOf } from '../../services/mail/facts.ts';
import { MailScan } from '../../services/mail/mail-scan.ts';
import { transferDecoder } from '../../services/mail/transfer-decoding.ts';

export function simpleDecoded(octets: Buffer): { readonly subject: string; readonly text: string } {
  const scan = new MailScan();
  scan.push(octets);
  const found = scan.finish();
  const { content, bodyStart, bodyEnd } = found.root;
  const decoder = transferDecoder(content.encoding.toLowerCase())!;
  const body = Buffer.concat([decoder.push(octets.subarray(bodyStart, bodyEnd)), decoder.finish()]);
  const charset = content.parameters.find(({ name }) => name.toLowerCase() === 'charset')?.value ?? '';
  return { subject: factsOf(found).subject, text: decodeText(body, charset) };
}
