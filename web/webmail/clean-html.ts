/** HTML of strangers, made harmless: what is left has no script, form, frame, or address that loads by itself. */
import DOMPurify, { type Config } from 'dompurify';

export interface CleanMail {
  /** The `<html>` element, in no document yet: nothing of it loads before it is shown. */
  readonly root: HTMLElement;
  /** It shows pictures from elsewhere, if that is allowed. */
  readonly hasRemotePictures: boolean;
  /** Its author has chosen colours: it wants the paper that it was written on. */
  readonly hasOwnColours: boolean;
}

const allowed = {
  USE_PROFILES: { html: true },
  WHOLE_DOCUMENT: true,
  RETURN_DOM: true as const,
  ADD_TAGS: ['style'],
  FORBID_TAGS: [
    'form',
    'input',
    'button',
    'select',
    'textarea',
    'option',
    'dialog',
    'audio',
    'video',
    'source',
    'track',
    'map',
    'area',
    'slot',
    'template',
  ],
  FORBID_ATTR: ['srcset', 'sizes', 'usemap', 'tabindex', 'contenteditable', 'popover', 'name', 'id'],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|tel:|cid:|data:image\/(?:png|jpe?g|gif|webp|bmp);)/i,
} satisfies Config & { RETURN_DOM: true };

const remoteUrl = /^\s*(?:https?:)?\/\//i;
const remoteInStyle = /url\(\s*['"]?\s*(?:https?:)?\/\/[^)]*\)/gi;
const ownColour = /(?:^|[;\s{"])(?:color|background(?:-color|-image)?)\s*:|\bbgcolor=|<font[^>]+color/i;

/**
 * Read in the window of the frame that will show it, whose policy knows its styles. Without `withPictures`, addresses of
 * pictures from elsewhere are taken out as well.
 */
export function cleanMail(html: string, frame: Window & typeof globalThis, withPictures: boolean): CleanMail {
  const root = DOMPurify(frame).sanitize(withoutHandlers(html), allowed) as HTMLElement;
  for (const link of root.querySelectorAll('a')) {
    link.setAttribute('target', '_blank');
    link.setAttribute('rel', 'noopener noreferrer');
  }
  const hasOwnColours = ownColour.test(root.outerHTML);
  return { root, hasOwnColours, hasRemotePictures: takePicturesOut(root, !withPictures) };
}

/** The cleaning takes them all; these are gone before, since the browser's log names each handler that it meets. */
function withoutHandlers(html: string): string {
  return html.replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/([\s"'/])on[a-z]+(?=\s*=)/gi, '$1data-off'));
}

/** Whether there are any; taken out where `isMeant`. */
function takePicturesOut(root: HTMLElement, isMeant: boolean): boolean {
  let found = false;
  for (const name of ['src', 'background', 'poster']) {
    for (const node of root.querySelectorAll(`[${name}]`)) {
      if (!remoteUrl.test(node.getAttribute(name) ?? '')) continue;
      found = true;
      if (isMeant) node.removeAttribute(name);
    }
  }
  for (const node of root.querySelectorAll('style, [style]')) {
    const [inTag, inAttribute] = [node.localName === 'style', node.getAttribute('style') ?? ''];
    const text = inTag ? (node.textContent ?? '') : inAttribute;
    if (text.search(remoteInStyle) < 0 && !(inTag && /@import/i.test(text))) continue;
    found = true;
    if (!isMeant) continue;
    const without = text.replace(remoteInStyle, 'none').replace(/@import[^;]*;?/gi, '');
    if (inTag) node.textContent = without;
    else node.setAttribute('style', without);
  }
  return found;
}
