/** HTML of strangers, made harmless: what is left has no script, form, frame, or address that loads by itself. */
import DOMPurify, { type Config } from 'dompurify';
import { cleanStyle } from './style-addresses.ts';

export interface CleanMail {
  /** The `<html>` element, in no document yet: nothing of it loads before it is shown. */
  readonly root: HTMLElement;
  /** It shows pictures from elsewhere, if that is allowed. */
  readonly hasRemotePictures: boolean;
  /** Its author has chosen colours: it wants the paper that it was written on. */
  readonly hasOwnColours: boolean;
}

export const harmless = {
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

/** Addresses that hold what they show. */
const ownUrl = /^data:image\/(?:png|jpe?g|gif|webp|bmp)[;,]/i;
const remoteUrl = /^(?:https?:|[\\/]{2})/i;
/** The cleaning takes them all; some load or speak already when they are parsed. */
const loadingTags =
  /(<\/?)(?=(?:base|meta|link|iframe|frame|object|embed|video|audio|source|track|portal)\b)/gi;
const ownColour = /(?:^|[;\s{"])(?:color|background(?:-color|-image)?)\s*:|\bbgcolor=|<font[^>]+color/i;

/**
 * Read in the window of the frame that will show it, whose policy knows its styles. Without `withPictures`, addresses of
 * pictures from elsewhere are taken out as well. `onPicture` gets each picture with the address that it had.
 */
export function cleanMail(
  html: string,
  frame: Window & typeof globalThis,
  withPictures: boolean,
  onPicture: (picture: HTMLImageElement, address: string) => void,
): CleanMail {
  const root = DOMPurify(frame).sanitize(quiet(html), harmless) as HTMLElement;
  for (const link of root.querySelectorAll('a')) {
    link.setAttribute('target', '_blank');
    link.setAttribute('rel', 'noopener noreferrer');
  }
  for (const picture of root.querySelectorAll('img')) {
    onPicture(picture, picture.getAttribute('src')?.trim() ?? '');
  }
  const hasOwnColours = hasColours(root.outerHTML);
  return { root, hasOwnColours, hasRemotePictures: takePicturesOut(root, !withPictures) };
}

export function hasColours(html: string): boolean {
  return ownColour.test(html);
}

/** Without what would load, or be named in the browser's log, while it is parsed; the cleaning comes after it. */
export function quiet(html: string): string {
  const off = (tag: string): string => tag.replace(/([\s"'/\0])on[a-z]+(?=[\s\0]*=)/gi, '$1data-off');
  return html
    .replace(loadingTags, '$1x-')
    .replace(/<[a-z][^>]*>?/gi, off)
    .replace(/<[a-z](?:"[^"]*"|'[^']*'|[^'">])*>?/gi, off);
}

/** Whether there are any; taken out where `isMeant`. Addresses that are neither one's own nor remote go always. */
function takePicturesOut(root: HTMLElement, isMeant: boolean): boolean {
  let found = false;
  for (const name of ['src', 'background', 'poster']) {
    for (const node of root.querySelectorAll(`[${name}]`)) {
      const address = (node.getAttribute(name) ?? '').replace(/[\p{Cc}\s]/gu, '');
      if (ownUrl.test(address)) continue;
      const isRemote = remoteUrl.test(address);
      found ||= isRemote;
      if (isMeant || !isRemote) node.removeAttribute(name);
    }
  }
  for (const node of root.querySelectorAll('style, [style]')) {
    const inTag = node.localName === 'style';
    const clean = cleanStyle((inTag ? node.textContent : node.getAttribute('style')) ?? '', !isMeant);
    found ||= clean.hasRemotePictures;
    if (inTag) node.textContent = clean.text;
    else node.setAttribute('style', clean.text);
  }
  return found;
}
