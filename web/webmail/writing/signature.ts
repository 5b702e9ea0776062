/** The signature of an identity in a draft: between what one writes and what is quoted. Pure. */
import type { Identity } from './answer.ts';
import type { Draft } from './draft.ts';
import { htmlOf } from './html-text.ts';

/** As it stands in HTML; empty where the identity has none. */
export function signatureHtml({ htmlSignature, textSignature }: Identity): string {
  return htmlSignature || (textSignature.trim() === '' ? '' : htmlOf(textSignature.trimEnd()));
}

/** Behind the line that mail programs know it by (RFC 3676 §4.3). */
export function signatureText({ textSignature }: Identity): string {
  const text = textSignature.trimEnd();
  if (text.trim() === '') return '';
  return text.startsWith('--') ? `${text}\n` : `-- \n${text}\n`;
}

/** A fresh draft with an empty line to write on, the signature, and what it quotes already. */
export function withSignature(draft: Draft, identity: Identity | null): Draft {
  const html = identity === null ? '' : signatureHtml(identity);
  const text = identity === null ? '' : signatureText(identity);
  const isAnswer = draft.text !== '' || draft.html !== '';
  const gap = '<div><br></div>';
  return {
    ...draft,
    html: `${gap}${html && `<div class="signature">${html}</div>`}${isAnswer ? gap : ''}${draft.html}`,
    text: `${text || isAnswer ? '\n\n' : ''}${text}${text && isAnswer ? '\n' : ''}${draft.text}`,
  };
}

/** Plain text under another name: the old signature gives way where it still stands. */
export function resigned(text: string, before: Identity | null, after: Identity): string {
  const old = before === null ? '' : signatureText(before);
  const next = signatureText(after);
  if (old !== '' && text.includes(old)) return text.replace(old, () => next);
  return next === '' ? text : `${text.trimEnd()}\n\n${next}`;
}
