/** Which parts of a mail are files to people, which the text shows, and what nameless ones are called. Pure. */
import type { Messages } from '../i18n/en.ts';
import type { BodyPart, Email } from './email.ts';

/** Pictures that a page may show; a drawing could hold a page of its own, and is a file. */
const shownPictures = /^image\/(?:png|jpe?g|gif|webp|bmp|x-ms-bmp|avif)$/;
/** Signatures, reports, invitations: programs act on them, nobody opens them. */
const machinery =
  /^(?:application\/(?:x-)?pkcs7-signature|application\/pgp-(?:signature|encrypted|keys)|message\/(?:global-)?(?:delivery-status|disposition-notification|headers)|message\/(?:feedback-report|tracking-status)|text\/rfc822-headers|text\/calendar)$/;

const locationMark = 'muniment-location:';

const endings: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'application/json': 'json',
  'text/plain': 'txt',
  'text/html': 'html',
  'text/csv': 'csv',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'message/rfc822': 'eml',
};

/** The part that an address in the mail's HTML means: by Content-ID (RFC 2392) or Content-Location (RFC 2557). */
export function partShownAt(mail: Pick<Email, 'attachments'>, address: string): BodyPart | null {
  const cid = /^cid:(.*)$/i.exec(address)?.[1];
  if (cid === undefined) return null;
  const wanted = decodedAddress(cid);
  const found = (mail.attachments ?? []).find(
    (part) => part.cid === wanted || part.cid === cid || `${locationMark}${part.location}` === wanted,
  );
  return found?.blobId && shownPictures.test(found.type) ? found : null;
}

/** The page with addresses by Content-Location (RFC 2557) in the form that `partShownAt` knows; others are cleaned away. */
export function withLocations(html: string, { attachments }: Pick<Email, 'attachments'>): string {
  const locations = (attachments ?? []).flatMap(({ location }) => location ?? []);
  return locations.reduce(
    (text, each) => text.replaceAll(`"${each}"`, () => `"cid:${locationMark}${encodeURIComponent(each)}"`),
    html,
  );
}

/** What is listed below a mail. `html` is its page, empty where it has none. */
export function filesOf({ textBody, htmlBody, attachments }: Email, html: string): BodyPart[] {
  // Pictures and the like between texts count as text to JMAP (RFC 8621 §4.1.4).
  const between = [...(htmlBody ?? []), ...(textBody ?? [])].filter(({ type }) => !type.startsWith('text/'));
  const all = new Map([...between, ...(attachments ?? [])].map((part) => [part.blobId, part]));
  return [...all.values()].filter(
    (part) => part.blobId !== null && !machinery.test(part.type) && !isShown(part, html),
  );
}

export function fileName({ name, type }: BodyPart, words: Messages): string {
  if (name?.trim()) return name.trim();
  const ending = endings[type];
  const called = type === 'message/rfc822' ? words.attachedMail : words.unnamedFile;
  return ending === undefined ? called : `${called}.${ending}`;
}

function isShown({ type, cid, location }: BodyPart, html: string): boolean {
  if (!shownPictures.test(type)) return false;
  if (location && html.includes(`"${location}"`)) return true;
  const named = [...html.matchAll(/cid:([^"'\s<>)]+)/gi)].map(([, each]) => each!.replaceAll('&amp;', '&'));
  return cid !== null && named.some((each) => each === cid || decodedAddress(each) === cid);
}

function decodedAddress(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
