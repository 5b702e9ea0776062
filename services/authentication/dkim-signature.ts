/** The DKIM-Signature fields of a mail, by `mailauth`'s signer: one for each key. */
import { DkimSigner } from 'mailauth/lib/dkim/dkim-signer.js';
import { parseHeaders } from 'mailauth/lib/tools.js';
import type { DkimSigningKey } from './dkim-keys.ts';

export interface MailToSign {
  /** Up to the empty line. */
  readonly header: Uint8Array;
  /** Of the whole body, relaxed, SHA-256, base64. */
  readonly bodyHash: string;
}

/** Each field ends in CRLF. Throws where the mail has no From, or a key is unusable. */
export async function dkimFields(
  { header, bodyHash }: MailToSign,
  signingDomain: string,
  keys: readonly DkimSigningKey[],
  signTime: Date,
): Promise<string> {
  const signer = new DkimSigner({
    headers: parseHeaders(Buffer.from(header)),
    bodyHash,
    signTime,
    strict: true,
    signatureData: keys.map(({ algorithm, selector, privateKey }) => ({
      ...{ signingDomain, selector, privateKey },
      algorithm: `${algorithm}-sha256`,
      canonicalization: 'relaxed/relaxed',
    })),
  });
  await signer.finalize();
  if (signer.errors.length > 0) throw signer.errors[0]!.err;
  return signer.signatureHeaders.map((field) => `${field}\r\n`).join('');
}
