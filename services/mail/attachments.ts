/** The parts of a mail beside its text: what people call attachments, what its pages show, what serves the mail itself. */
import type { AttachmentFact } from './facts.ts';
import { fileName } from './file-name.ts';
import type { MailPart } from './mail-part.ts';

/** Signatures, encrypted envelopes, reports: programs act on them, nobody opens them. */
const machinery =
  /^(application\/(x-)?pkcs7-(signature|mime)|application\/pgp-(signature|encrypted|keys)|message\/(global-)?(delivery-status|disposition-notification|headers)|message\/(feedback-report|tracking-status)|text\/rfc822-headers|text\/calendar)$/;

/** What a mail program shows as the mail's text. */
const shownText = /^text\/(plain|html|enriched|richtext|x-amp-html)$/;

/**
 * Every part that is not shown as text, in their order: a policy that looks for a type finds it whatever the sender
 * calls it. `hint` is the charset of the mail's text, for raw octets in names.
 */
export function readAttachments(root: MailPart, hint: string): AttachmentFact[] {
  const found: AttachmentFact[] = [];
  const visit = (part: MailPart, number: string, container: string): void => {
    if (part.kind === 'multipart') {
      for (const [index, child] of part.children.entries()) {
        visit(
          child,
          number === '' ? `${index + 1}` : `${number}.${index + 1}`,
          part.content.subtype.toLowerCase(),
        );
      }
      return;
    }
    const name = fileName(part.content, hint);
    const type = `${part.content.type}/${part.content.subtype}`.toLowerCase();
    const role = roleOf(part, type, name, container);
    if (role) found.push({ part: number || '1', name, type, octets: part.bodyEnd - part.bodyStart, role });
  };
  visit(root, '', '');
  return found;
}

/** null for the mail's text. The sender's word (the disposition) counts for people, never for what is listed. */
function roleOf(
  part: MailPart,
  type: string,
  name: string,
  container: string,
): AttachmentFact['role'] | null {
  const disposition = part.content.disposition?.type.toLowerCase() ?? '';
  if (machinery.test(type) || container === 'encrypted') return 'machinery';
  if (disposition === 'attachment') return 'attachment';
  if (shownText.test(type) && name === '') return null;
  // RFC 2387, RFC 2392: a page shows the parts of its multipart/related that it can name.
  if (container === 'related' && (part.content.id !== null || disposition === 'inline')) return 'inline';
  return container === 'alternative' ? 'inline' : 'attachment';
}
