/** A mail as octets, out of its header fields and parts (RFC 5322, RFC 2046 §5.1). Never in memory as a whole. */
import { base64Of, encodedText, OctetSurvey } from './transfer-encoding.ts';

export type WrittenPart = WrittenLeaf | WrittenMultipart;

export interface WrittenLeaf {
  /** Header fields, each ended by CRLF, but for the transfer encoding. */
  readonly fields: readonly string[];
  readonly content: string | BlobContent;
}

export interface BlobContent {
  /** A mail is never encoded where that can be avoided (RFC 2046 §5.2.1). */
  readonly isMessage: boolean;
  /** May be called more than once. */
  open(): AsyncIterable<Uint8Array>;
}

export interface WrittenMultipart {
  /** The Content-Type among them, with this boundary. */
  readonly fields: readonly string[];
  readonly boundary: string;
  readonly parts: readonly WrittenPart[];
}

/** Everything but the header fields of the mail itself is of its root part. */
export async function* mailOctets(header: readonly string[], root: WrittenPart): AsyncGenerator<Uint8Array> {
  yield Buffer.from([...header, 'MIME-Version: 1.0\r\n'].join(''));
  yield* partOctets(root);
}

async function* partOctets(part: WrittenPart): AsyncGenerator<Uint8Array> {
  yield Buffer.from(part.fields.join(''));
  if ('parts' in part) return yield* multipartOctets(part);
  if (typeof part.content !== 'string') return yield* blobOctets(part.content);
  const { encoding, octets } = encodedText(part.content);
  yield encodingField(encoding);
  yield octets;
}

async function* multipartOctets({ boundary, parts }: WrittenMultipart): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    yield Buffer.from(`\r\n--${boundary}\r\n`);
    yield* partOctets(part);
  }
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}

async function* blobOctets({ isMessage, open }: BlobContent): AsyncGenerator<Uint8Array> {
  const encoding = isMessage ? await narrowestOf(open()) : null;
  yield encodingField(encoding ?? 'base64');
  yield* encoding === null ? base64Of(open()) : open();
}

async function narrowestOf(octets: AsyncIterable<Uint8Array>): Promise<'7bit' | '8bit' | null> {
  const survey = new OctetSurvey();
  for await (const chunk of octets) survey.push(chunk);
  return survey.narrowest;
}

/** The last field, and the blank line behind the header. */
function encodingField(encoding: string): Buffer {
  return Buffer.from(`Content-Transfer-Encoding: ${encoding}\r\n\r\n`);
}
