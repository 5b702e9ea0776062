/** Mail that is signed as a peer would sign it, and the records that its domains publish. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createSeal } from 'mailauth/lib/arc/index.js';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import type { SignedOctets } from '../../../services/mail/signed-octets.ts';
import { SignedOctetsScan } from '../../../services/mail/signed-octets.ts';

/** RFC 8463 Appendix A. */
export const rfc8463 = {
  record: 'v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
  mail: [
    'DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;',
    ' d=football.example.com; i=@football.example.com;',
    ' q=dns/txt; s=brisbane; t=1528637909; h=from : to :',
    ' subject : date : message-id : from : subject : date;',
    ' bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;',
    ' b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus',
    ' Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==',
    'From: Joe SixPack <joe@football.example.com>',
    'To: Suzie Q <suzie@shopping.example.net>',
    'Subject: Is dinner ready?',
    'Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)',
    'Message-ID: <20030712040037.46341.5F8J@football.example.com>',
    '',
    'Hi.',
    '',
    'We lost the game.  Are you hungry yet?',
    '',
    'Joe.',
    '',
  ].join('\r\n'),
} as const;

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
export const peerRecord = `v=DKIM1; k=ed25519; p=${rawKey(publicKey)}`;

function rawKey(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
}

const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
createPrivateKey(pem);

/** The mail with a signature of `selector` in front. */
export async function signedBy(
  domain: string,
  mail: string,
  { selector = 'peer', expires }: { readonly selector?: string; readonly expires?: Date } = {},
): Promise<string> {
  const { signatures, errors } = (await dkimSign(Buffer.from(mail), {
    canonicalization: 'relaxed/relaxed',
    signTime: expires ? new Date(expires.getTime() - 60_000) : new Date(),
    ...(expires && { expires }),
    signatureData: [{ signingDomain: domain, selector, privateKey: pem }],
  } as never)) as unknown as { signatures: string; errors: unknown[] };
  if (errors.length > 0) throw errors[0];
  return signatures + mail;
}

/** The mail as a list passes it on: with an ARC set of its own in front. */
export async function sealedBy(domain: string, mail: string): Promise<string> {
  const { headers, errors } = await createSeal(Buffer.from(mail), {
    seal: {
      signingDomain: domain,
      selector: 'peer',
      privateKey: pem,
      authResults: `${domain}; dkim=pass`,
      cv: 'none',
    },
  } as never);
  if (errors.length > 0) throw errors[0];
  return `${headers.join('\r\n')}\r\n${mail}`;
}

export function signedOctetsOf(mail: string): SignedOctets {
  const scan = new SignedOctetsScan();
  scan.push(Buffer.from(mail));
  return scan.finish();
}
