/** Whether a mail is encrypted or signed: S/MIME (RFC 8551) and OpenPGP (RFC 3156, and armour in the text). */
import type { PartPlace } from './part-codec.ts';

export interface Protection {
  readonly isEncrypted: boolean;
  readonly isSigned: boolean;
}

export const openly: Protection = { isEncrypted: false, isSigned: false };

/** By the types of the parts alone; what is wrapped in PKCS #7 says itself which of the two it is. */
export function declaredProtection(part: PartPlace): Protection {
  if (part.mediaType === 'multipart/encrypted') return { isEncrypted: true, isSigned: false };
  const own = { isEncrypted: false, isSigned: part.mediaType === 'multipart/signed' };
  return part.children.map(declaredProtection).reduce(bothOf, own);
}

export function bothOf(one: Protection, other: Protection): Protection {
  return {
    isEncrypted: one.isEncrypted || other.isEncrypted,
    isSigned: one.isSigned || other.isSigned,
  };
}

export function isWrapped(mediaType: string): boolean {
  return /^application\/(x-)?pkcs7-mime$/.test(mediaType);
}

/** Object identifiers of the content types of CMS in DER (RFC 5652 §4, RFC 5083), which stand near the beginning. */
const contentTypes: readonly (readonly [Buffer, Protection])[] = [
  [Buffer.from('06092a864886f70d010702', 'hex'), { isEncrypted: false, isSigned: true }],
  [Buffer.from('06092a864886f70d010703', 'hex'), { isEncrypted: true, isSigned: false }],
  [Buffer.from('060b2a864886f70d0109100117', 'hex'), { isEncrypted: true, isSigned: false }],
];

/** What a PKCS #7 envelope says; where it says nothing, its content cannot be read all the same. */
export function wrappedProtection(octets: Uint8Array): Protection {
  const beginning = Buffer.from(octets.subarray(0, 40));
  const found = contentTypes.find(([identifier]) => beginning.includes(identifier));
  return found?.[1] ?? { isEncrypted: true, isSigned: false };
}

/** RFC 9580 §6.2. */
export function armouredProtection(text: string): Protection {
  return {
    isEncrypted: text.includes('-----BEGIN PGP MESSAGE-----'),
    isSigned: text.includes('-----BEGIN PGP SIGNED MESSAGE-----'),
  };
}
