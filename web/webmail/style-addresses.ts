/** Addresses in CSS: found however they are written, since what is looked at is what is applied. Pure. */

/** Functions and rules that load something besides `url()`, or may. */
const otherLoads =
  /(?:-webkit-)?image-set\s*\(|(?<![\w-])(?:image|src|cross-fade|element|paint|expression)\s*\(/gi;
const rules = /@(?:import|font-face|namespace|charset|property|counter-style)\b[^;{}]*(?:\{[^{}]*\}|;|$)/gi;
const addresses = /url\s*\(\s*(?:"[^"]*"|'[^']*'|[^)]*)\s*(?:\)|$)/gi;
const bindings = /(?:-moz-binding|behavior)\s*:/gi;
const ownPicture = /^url\s*\(\s*['"]?\s*data:image\/(?:png|jpe?g|gif|webp)[;,]/i;
const remotePicture = /^url\s*\(\s*['"]?\s*https?:\/\//i;
/** Escapes of escapes: nobody means well by more. */
const maxDepth = 4;

export interface CleanStyle {
  readonly text: string;
  /** It shows pictures from elsewhere, if that is allowed. */
  readonly hasRemotePictures: boolean;
}

/** Nothing in it loads, but pictures that stand in it and, `withPictures`, those from elsewhere. */
export function cleanStyle(style: string, withPictures: boolean): CleanStyle {
  const plain = unescaped(style.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, ' '));
  if (plain === null) return { text: '', hasRemotePictures: false };
  let hasRemotePictures = rules.test(plain) && /https?:|\/\//i.test(plain);
  rules.lastIndex = 0;
  const text = plain
    .replace(rules, '')
    .replace(otherLoads, 'off(')
    .replace(bindings, 'off:')
    .replace(addresses, (address) => {
      if (ownPicture.test(address)) return address;
      const isRemote = remotePicture.test(address);
      hasRemotePictures ||= isRemote;
      return isRemote && withPictures ? address : 'none';
    });
  return { text, hasRemotePictures };
}

/** Null where it does not come to an end. */
function unescaped(style: string): string | null {
  let text = style;
  for (let depth = 0; depth < maxDepth; depth++) {
    if (!text.includes('\\')) return text;
    text = text.replace(/\\(?:([0-9a-f]{1,6})\s?|([\s\S])|$)/gi, (_, hex?: string, character?: string) =>
      hex ? characterOf(Number.parseInt(hex, 16)) : (character ?? ''),
    );
    text = text.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, ' ');
  }
  return null;
}

function characterOf(codePoint: number): string {
  return codePoint === 0 || codePoint > 0x10ffff ? '\ufffd' : String.fromCodePoint(codePoint);
}
