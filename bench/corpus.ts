/**
 * The workload's mails: sizes lognormal (median 10 KB, sigma 2, clipped to 1.5 KB..8 MB), a third each of plain text,
 * alternatives and mixed with an attachment that no other mail has. CRLF throughout, lines below 78 octets.
 */
import { normalQuantile, SeededRandom, spread } from './sequence.ts';

const medianOctets = 10 * 1024;
const sigma = 2;
const minOctets = 1536;
const maxOctets = 8 * 1024 * 1024;
/** Of the attachments: how many are as random as compressed files are. */
const incompressibleShare = 0.6;
const vocabularyWords = 4000;
const boundary = '=_bench_boundary';

const vocabulary = words(vocabularyWords);

/** Octets of the nth mail of the realistic mix. */
export function realisticOctets(n: number): number {
  const octets = medianOctets * Math.exp(sigma * normalQuantile(spread(n)));
  return Math.round(Math.min(maxOctets, Math.max(minOctets, octets)));
}

/** The nth mail, of about so many octets. `run` makes the mails of one run differ from those of another. */
export function mailOf(n: number, octets: number, run = 0): Buffer {
  const random = new SeededRandom(n * 7919 + run * 104_729 + 1);
  const head = header(n, run, random);
  const room = Math.max(200, octets - head.length - 300);
  return Buffer.from(head + bodyOf(n % 3, room, random), 'latin1');
}

function header(n: number, run: number, random: SeededRandom): string {
  const subject = Array.from({ length: 5 }, () => word(random)).join(' ');
  return [
    `From: "${word(random)} ${word(random)}" <sender${n % 500}@example.net>`,
    `To: <reader${n % 100}@bench.test>`,
    `Subject: ${subject}`,
    `Date: Mon, 02 Mar 2026 ${clock(n)} +0000`,
    `Message-ID: <${run}.${n}.${random.below(1e9)}@example.net>`,
    'MIME-Version: 1.0',
    '',
  ].join('\r\n');
}

function bodyOf(shape: number, octets: number, random: SeededRandom): string {
  const text = 'Content-Type: text/plain; charset=utf-8\r\n\r\n';
  if (shape === 0) return `${text}${prose(octets, random)}`;
  const type = shape === 1 ? 'alternative' : 'mixed';
  const [first, second] =
    shape === 1
      ? [
          prose(octets / 2, random),
          `Content-Type: text/html; charset=utf-8\r\n\r\n${html(octets / 2, random)}`,
        ]
      : [prose(Math.min(2000, octets / 2), random), attachment(octets - Math.min(2000, octets / 2), random)];
  return [
    `Content-Type: multipart/${type}; boundary="${boundary}"\r\n`,
    `--${boundary}\r\n${text}${first}`,
    `--${boundary}\r\n${second}`,
    `--${boundary}--\r\n`,
  ].join('\r\n');
}

function attachment(octets: number, random: SeededRandom): string {
  const raw = Buffer.alloc(Math.max(60, Math.floor((octets * 57) / 78)));
  const isRandom = random.next() < incompressibleShare;
  if (isRandom) for (let i = 0; i < raw.length; i++) raw[i] = random.below(256);
  else raw.write(prose(raw.length, random), 'latin1');
  const lines = raw
    .toString('base64')
    .match(/.{1,76}/g)!
    .join('\r\n');
  const head =
    'Content-Type: application/octet-stream; name="report.bin"\r\nContent-Transfer-Encoding: base64';
  return `${head}\r\nContent-Disposition: attachment; filename="report.bin"\r\n\r\n${lines}\r\n`;
}

function html(octets: number, random: SeededRandom): string {
  return `<html><body>\r\n<p>${prose(octets - 40, random)}</p>\r\n</body></html>\r\n`;
}

/** Words in the proportions of Zipf's law, in lines. */
function prose(octets: number, random: SeededRandom): string {
  const lines: string[] = [];
  let line = '';
  for (let sum = 0; sum < octets; ) {
    line += `${word(random)} `;
    if (line.length < 64) continue;
    lines.push(line);
    sum += line.length + 2;
    line = '';
  }
  return `${lines.join('\r\n')}\r\n`;
}

function word(random: SeededRandom): string {
  return vocabulary[Math.floor(vocabularyWords ** random.next()) - 1]!;
}

/** The lower the rank, the more often it comes. */
export function vocabularyWord(rank: number): string {
  return vocabulary[rank]!;
}

function words(count: number): string[] {
  const random = new SeededRandom(1);
  const syllables = ['ka', 'ri', 'to', 'mel', 'sun', 'va', 'ple', 'ord', 'en', 'qui', 'stra', 'bo'];
  const syllable = (): string => syllables[random.below(syllables.length)]!;
  return Array.from({ length: count }, (_, i) => Array.from({ length: 2 + (i % 3) }, syllable).join(''));
}

function clock(n: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(n % 24)}:${two(n % 60)}:${two((n * 7) % 60)}`;
}
