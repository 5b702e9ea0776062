/** The texts that people are shown of a mail, each of its forms. */
import { decodeText } from '../../services/mail/charset.ts';
import { htmlText } from '../../services/mail/html-text.ts';
import type { PartPlace } from '../../services/mail/part-codec.ts';
import { encodeStructure, openStructure } from '../../services/mail/structure-codec.ts';
import { transferDecoder } from '../../services/mail/transfer-decoding.ts';
import { scanOf } from './scanning.ts';

/** `asText`: of pages their text, otherwise their source. */
export async function textsIn(octets: Buffer, asText = true): Promise<string[]> {
  const texts: string[] = [];
  const visit = (part: PartPlace): void => {
    part.children.forEach(visit);
    if (part.kind !== 'leaf' || !/^text\/(plain|html)$/.test(part.mediaType)) return;
    const decoder = transferDecoder(part.encoding)!;
    const body = Buffer.concat([
      decoder.push(octets.subarray(part.bodyStart, part.bodyEnd)),
      decoder.finish(),
    ]);
    const text = decodeText(body, part.charset);
    texts.push(asText && part.mediaType === 'text/html' ? htmlText(text, 1_000_000).text : text);
  };
  visit(openStructure(encodeStructure(scanOf(octets)))!.root);
  return texts;
}
