/** File names of parts, decoded from every form that mail programs write (RFC 2231, RFC 2183, RFC 2047, none). */
import { decodeText } from './charset.ts';
import type { ContentFields } from './content-fields.ts';
import { decodeHeaderText } from './header-text.ts';
import type { Parameter } from './parameters.ts';

/**
 * The decoded name; '' where the part has none. `filename*` goes before `filename`, and both before the `name*` and
 * `name` of Content-Type. `hint` is the charset of the mail's text, for raw octets.
 */
export function fileName(content: ContentFields, hint: string): string {
  const disposition = content.disposition?.parameters ?? [];
  const candidates = [
    extendedValue(disposition, 'filename*'),
    plainValue(disposition, 'filename', hint),
    extendedValue(content.parameters, 'name*'),
    plainValue(content.parameters, 'name', hint),
  ];
  return candidates.find((name) => name !== '') ?? '';
}

function find(parameters: readonly Parameter[], name: string): Parameter | undefined {
  return parameters.find((parameter) => parameter.name.toLowerCase() === name);
}

/** `charset'language'percent-encoded` (RFC 2231 §4); the charset may be missing, with or without its quotes. */
function extendedValue(parameters: readonly Parameter[], name: string): string {
  const parameter = find(parameters, name);
  if (!parameter) return '';
  const match = /^([^']*)'[^']*'([\s\S]*)$/.exec(parameter.raw);
  const [charset, encoded] = match ? [match[1]!, match[2]!] : ['', parameter.raw];
  if (encoded.includes('=?')) return decodeHeaderText(encoded);
  return oneLine(decodeText(percentDecoded(encoded), charset));
}

/** Octets of a percent-encoded text; a percent sign without two hex digits stays. */
function percentDecoded(text: string): Buffer {
  return Buffer.from(
    text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** The value in quotes, or where quotes are missing or do not close, everything as written. */
function plainValue(parameters: readonly Parameter[], name: string, hint: string): string {
  const parameter = find(parameters, name);
  if (!parameter) return '';
  const written =
    parameter.raw.startsWith(parameter.value) || parameter.unclosed ? parameter.raw : parameter.value;
  return fromWebForms(decodeHeaderText(written, hint));
}

/** What programs that began as web pages put in: a name percent-encoded in UTF-8, or in character references. */
function fromWebForms(name: string): string {
  if (/&#\d+;/.test(name))
    return name.replace(/&#(\d{1,7});/g, (whole, digits: string) => character(digits) ?? whole);
  if (!/%[89a-f][0-9a-f]%[89a-f][0-9a-f]/i.test(name)) return name;
  try {
    return oneLine(decodeURIComponent(name));
  } catch {
    return name;
  }
}

function character(digits: string): string | null {
  const code = Number(digits);
  return code >= 0x20 && code <= 0x10ffff ? String.fromCodePoint(code) : null;
}

function oneLine(name: string): string {
  return name.replace(/[\0-\x1f\x7f]/g, '').trim();
}
