/** The media type of a file by its content: what it is, whatever its sender calls it. */
import { isUtf8 } from 'node:buffer';
import { fileTypeFromBuffer } from 'file-type';

/** What is looked at of a file that is no archive. */
const sampleOctets = 4096;

/** `text/plain` for what has no marks of its own and can be read; `application/octet-stream` for the rest. */
export async function contentType(octets: Uint8Array, declared: string): Promise<string> {
  const marked = await byMarks(octets);
  if (marked !== null) return marked;
  if (!isText(octets.subarray(0, sampleOctets))) return 'application/octet-stream';
  if (isHtml(octets.subarray(0, sampleOctets))) return 'text/html';
  return declared.startsWith('text/') ? declared : 'text/plain';
}

async function byMarks(octets: Uint8Array): Promise<string | null> {
  try {
    return (await fileTypeFromBuffer(octets))?.mime ?? null;
  } catch {
    return null; // cut off or damaged
  }
}

/** Control characters that no text has. */
const foreign = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;

function isText(octets: Uint8Array): boolean {
  return isUtf8(octets) ? !foreign.test(Buffer.from(octets).toString('latin1')) : isCharsetText(octets);
}

/** Other charsets have octets above 127 and none of the control characters. */
function isCharsetText(octets: Uint8Array): boolean {
  return !octets.some((octet) => octet < 9 || (octet > 13 && octet < 27) || (octet > 27 && octet < 32));
}

function isHtml(octets: Uint8Array): boolean {
  return /^\s*(<!--.{0,1000}?-->\s*)?<(!doctype html|html|head|body|table|div|meta)\b/is.test(
    Buffer.from(octets).toString('latin1'),
  );
}
