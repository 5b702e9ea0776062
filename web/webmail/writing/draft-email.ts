/** Between a draft and the Email that the server keeps of it (RFC 8621 §4.6). Pure. */
import type { Address, Email } from '../email.ts';
import { fileOf, htmlOfMail, type Identity, textOfMail } from './answer.ts';
import { type Draft, type DraftFile, emptyDraft } from './draft.ts';

export type EmailToMake = Readonly<Record<string, unknown>>;

type Part = Readonly<Record<string, unknown>>;

/** Files that are not on the server yet are left out: the draft is kept all the same. */
export function emailOfDraft(draft: Draft, identity: Identity, draftsId: string): EmailToMake {
  const people = (list: readonly Address[]): readonly Address[] | null => (list.length > 0 ? list : null);
  const ids = (list: readonly string[]): readonly string[] | null => (list.length > 0 ? list : null);
  const { bodyStructure, bodyValues } = bodyOf(draft);
  return {
    mailboxIds: { [draftsId]: true },
    keywords: { $draft: true, $seen: true },
    from: [{ name: identity.name || null, email: identity.email }],
    to: people(draft.to),
    cc: people(draft.cc),
    bcc: people(draft.bcc),
    subject: draft.subject,
    inReplyTo: ids(draft.inReplyTo),
    references: ids(draft.references),
    bodyStructure,
    bodyValues,
  };
}

function bodyOf({ isRich, html, text, files }: Draft): { bodyStructure: Part; bodyValues: Part } {
  const there = files.filter(({ blobId }) => blobId !== null);
  const shown = isRich ? there.filter(({ cid }) => cid !== null && html.includes(`cid:${cid}`)) : [];
  const attached = there.filter((file) => file.cid === null);
  const plain: Part = { type: 'text/plain', partId: 'text' };
  if (!isRich) return { bodyStructure: mixed(plain, attached), bodyValues: { text: { value: text } } };
  const page: Part = { type: 'text/html', partId: 'html' };
  const related =
    shown.length === 0 ? page : { type: 'multipart/related', subParts: [page, ...shown.map(partOf)] };
  const body = { type: 'multipart/alternative', subParts: [plain, related] };
  const value = `<!doctype html><html><body>${html}</body></html>`;
  return { bodyStructure: mixed(body, attached), bodyValues: { text: { value: text }, html: { value } } };
}

function mixed(body: Part, files: readonly DraftFile[]): Part {
  return files.length === 0 ? body : { type: 'multipart/mixed', subParts: [body, ...files.map(partOf)] };
}

function partOf({ blobId, name, type, cid }: DraftFile): Part {
  const disposition = cid === null ? 'attachment' : 'inline';
  return {
    blobId,
    name,
    type: type || 'application/octet-stream',
    disposition,
    ...(cid !== null && { cid }),
  };
}

/** A mail out of Drafts, to be written on. */
export function draftOfEmail(mail: Email, identities: readonly Identity[]): Draft {
  const html = htmlOfMail(mail);
  const from = mail.from?.[0]?.email;
  const isShown = (cid: string | null): boolean => cid !== null && html?.includes(`cid:${cid}`) === true;
  return {
    ...emptyDraft(html !== null),
    identityId: identities.find(({ email }) => email === from)?.id ?? null,
    to: mail.to ?? [],
    cc: mail.cc ?? [],
    bcc: mail.bcc ?? [],
    subject: mail.subject ?? '',
    html: html ?? '',
    text: textOfMail(mail),
    files: (mail.attachments ?? []).map((part) => fileOf(part, isShown(part.cid) ? part.cid : null)),
    inReplyTo: mail.inReplyTo ?? [],
    references: mail.references ?? [],
    emailId: mail.id,
  };
}

/** A mail that came back after that approval, to be corrected: another mail in the same thread. */
export function resubmission(mail: Email, identities: readonly Identity[], approval: string): Draft {
  const draft = draftOfEmail(mail, identities);
  const ids = mail.messageId ?? [];
  return {
    ...draft,
    inReplyTo: draft.inReplyTo.length > 0 ? draft.inReplyTo : ids,
    references: [...(draft.references.length > 0 ? draft.references : draft.inReplyTo), ...ids],
    resubmits: approval,
    emailId: null,
  };
}

/** Blobs of the mail that was just kept stand for those that it was made of: uploads do not last. */
export function filesKeptIn(mail: Pick<Email, 'attachments'>, files: readonly DraftFile[]): DraftFile[] {
  const parts = [...(mail.attachments ?? [])];
  return files.map((file) => {
    if (file.blobId === null) return file;
    const at = parts.findIndex(({ name, cid }) =>
      file.cid === null ? name === file.name : cid === file.cid,
    );
    const [part] = at < 0 ? [] : parts.splice(at, 1);
    return part?.blobId ? { ...file, blobId: part.blobId } : file;
  });
}
