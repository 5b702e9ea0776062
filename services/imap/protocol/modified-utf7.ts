/**
 * Modified UTF-7 (RFC 3501 §5.1.3): mailbox names for clients that have not enabled UTF-8. Printable ASCII stands
 * for itself, `&` is `&-`, everything else is UTF-16BE in base64 with `,` for `/` between `&` and `-`.
 */

const plainPattern = /[^\x20-\x7e]+|&/gu;
const shiftPattern = /&([A-Za-z0-9+,]*)-/gy;

export function encodeModifiedUtf7(text: string): string {
  return text.replace(plainPattern, (run) => (run === '&' ? '&-' : `&${encodeRun(run)}-`));
}

function encodeRun(run: string): string {
  const utf16 = Buffer.from(run, 'utf16le').swap16();
  return utf16.toString('base64').replaceAll('=', '').replaceAll('/', ',');
}

/**
 * The text of a name in modified UTF-7; null where it is not the one valid form of a text: no closing `-`,
 * odd octets, lone surrogates, 8-bit octets, ASCII or two neighbours in base64. So that two names on the wire
 * never become one mailbox.
 */
export function decodeModifiedUtf7(name: string): string | null {
  let text = '';
  for (let at = 0; at < name.length; ) {
    const shift = name.indexOf('&', at);
    if (shift < 0) return finish(text + name.slice(at), name);
    shiftPattern.lastIndex = shift;
    const found = shiftPattern.exec(name);
    if (found === null) return null;
    text += name.slice(at, shift) + (found[1] === '' ? '&' : decodeRun(found[1]!));
    at = shiftPattern.lastIndex;
  }
  return finish(text, name);
}

function decodeRun(base64: string): string {
  const utf16 = Buffer.from(base64.replaceAll(',', '/'), 'base64');
  const whole = utf16.subarray(0, utf16.length - (utf16.length % 2));
  return Buffer.from(whole).swap16().toString('utf16le');
}

/** Encoding again is the check of everything that a valid form must be. */
function finish(text: string, name: string): string | null {
  return text.isWellFormed() && encodeModifiedUtf7(text) === name ? text : null;
}
