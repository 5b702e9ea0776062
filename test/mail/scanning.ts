/** Short ways to scan a mail in tests. */
import type { MailPart, ScannedStructure } from '../../services/mail/mail-part.ts';
import { MailScan } from '../../services/mail/mail-scan.ts';
import { type ReadableMail, withTrace } from '../../services/mail/sections.ts';
import { encodeStructure, openStructure } from '../../services/mail/structure-codec.ts';

/** Octets of a text whose lines end in LF, with CRLF. */
export function mailOf(text: string): Buffer {
  return Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1');
}

export function scanOf(...chunks: readonly Uint8Array[]): ScannedStructure {
  const scan = new MailScan();
  for (const chunk of chunks) scan.push(chunk);
  return scan.finish();
}

/** The mail as IMAP reads it: scanned, put into a row, opened again. */
export function readableMail(octets: Uint8Array, trace: Uint8Array = new Uint8Array()): ReadableMail {
  return withTrace(openStructure(encodeStructure(scanOf(octets)))!, trace);
}

/** The part at child indices from the root. */
export function partAt(root: MailPart, ...indices: readonly number[]): MailPart {
  return indices.reduce((part, index) => part.children[index]!, root);
}
