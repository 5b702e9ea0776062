/**
 * Octets of a part behind its transfer encoding (RFC 8621 §4.1.4 `size`), without decoding more than is bearable in a
 * list of mails: small parts are decoded, of large ones in base64 the length says it all, as far as their lines are
 * those that programs write.
 */
import type { PartPlace } from '../../mail/part-codec.ts';
import { transferDecoder } from '../../mail/transfer-decoding.ts';

/** Reads octets [from, to) of the mail. */
export type ReadOctets = (from: number, to: number) => Promise<Uint8Array>;

const decodedUpToOctets = { base64: 64 * 1024, 'quoted-printable': 1024 * 1024 };
const readOctets = 64 * 1024;
const tailOctets = 1024;

/** Of quoted-printable beyond a MiB: the octets before decoding. */
export async function decodedOctets(place: PartPlace, read: ReadOctets): Promise<number> {
  const { encoding, bodyStart, bodyEnd } = place;
  const octets = bodyEnd - bodyStart;
  if (encoding !== 'base64' && encoding !== 'quoted-printable') return octets;
  if (octets <= decodedUpToOctets[encoding]) return countDecoded(place, read);
  return encoding === 'base64' ? countLetters(place, read) : octets;
}

async function countDecoded({ encoding, bodyStart, bodyEnd }: PartPlace, read: ReadOctets): Promise<number> {
  const decoder = transferDecoder(encoding)!;
  let count = 0;
  for (let from = bodyStart; from < bodyEnd; from += readOctets)
    count += decoder.push(await read(from, Math.min(from + readOctets, bodyEnd))).length;
  return count + decoder.finish().length;
}

/** Letters are what is neither line end nor padding; only the end tells of what kind these are. */
async function countLetters({ bodyStart, bodyEnd, bodyLines }: PartPlace, read: ReadOctets): Promise<number> {
  const tail = Buffer.from(await read(Math.max(bodyStart, bodyEnd - tailOctets), bodyEnd)).toString('latin1');
  const lineEndOctets = tail.includes('\n') && !tail.includes('\r\n') ? 1 : 2;
  const padding = /(={0,2})[\r\n]*$/.exec(tail)![1]!.length;
  const letters = bodyEnd - bodyStart - bodyLines * lineEndOctets - padding;
  return Math.max(0, Math.floor((letters * 3) / 4));
}
