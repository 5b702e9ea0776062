/** HTML that comes into the editor, from a quoted mail or the clipboard, made harmless; nothing of it loads by itself. */
import DOMPurify, { type Config } from 'dompurify';
import { harmless, quiet } from '../clean-html.ts';
import { cleanStyle } from '../style-addresses.ts';

const allowed = {
  ...harmless,
  ADD_TAGS: [],
  WHOLE_DOCUMENT: false,
  RETURN_DOM: false,
  RETURN_DOM_FRAGMENT: true as const,
  FORBID_TAGS: [...harmless.FORBID_TAGS, 'style'],
} satisfies Config & { RETURN_DOM_FRAGMENT: true };

export function cleanFragment(html: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(quiet(withoutAddresses(html)), allowed);
  for (const node of fragment.querySelectorAll<HTMLElement>('[style]')) {
    node.setAttribute('style', cleanStyle(node.getAttribute('style') ?? '', false).text);
  }
  for (const node of fragment.querySelectorAll('[background], [poster]')) {
    node.removeAttribute('background');
    node.removeAttribute('poster');
  }
  return document.importNode(fragment, true);
}

/**
 * Pictures keep their address aside: those of the mail itself are shown out of it, those from elsewhere are not loaded
 * here and go along as they are. Before the parsing, since that would load them already.
 */
function withoutAddresses(html: string): string {
  return html.replace(/<img\b[^<>]*>/gi, (tag) =>
    tag
      .replace(/([\s"'/])src\s*=\s*(["']?)\s*cid:/i, '$1data-cid=$2')
      .replace(/([\s"'/])src\s*=\s*(?=["']?\s*(?:https?:)?\/\/)/i, '$1data-remote=')
      .replace(/([\s"'/])srcset\s*=/i, '$1data-off='),
  );
}
