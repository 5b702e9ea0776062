/** Random mails, made of what structure parsers trip over: nesting, stray boundaries, missing blank lines and ends. */
import { seededRandom } from '../support/seeded-random.ts';

const boundaries = ['b', 'bb', 'a', 'ab', 'x y'];
const headerLines = [
  'Subject: a b',
  'From: "x" <a@b>, c@d',
  'To: g: a@b, c@d;, x <y@z>',
  'Content-ID: <a@b>',
  'Content-Disposition: attachment; filename="a b.txt"',
  'Content-Language: en, de',
  'Content-Location: http://x/',
  'Content-MD5: abc',
  'Content-Description: foo bar',
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  'MIME-Version: 1.0',
  'nonsense',
  'Date: Thu, 1 Jan 1970',
  'Message-ID: <x@y>',
  'X: --b',
  'X-long: a\r\n b\r\n\tc',
];
const types = ['text/html', 'text/plain; charset=utf-8', 'image/png; name=x', 'TEXT/X', 'application/pdf'];
const bodyLines = ['hello', '', '--', '-- ', '-x', '---b', '--c', '.', ' --b', 'é'];
const boundaryTails = ['', '--', ' ', '-- ', 'x'];

export class MailGenerator {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A mail of at least one octet. */
  mail(): Buffer {
    return Buffer.from(this.#part(0) || '\r\n', 'latin1');
  }

  /** A number from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  #part(depth: number): string {
    const header = Array.from({ length: this.below(4) }, () => `${this.pick(headerLines)}\r\n`).join('');
    const blank = this.below(12) === 0 ? '' : '\r\n';
    const form = this.below(10);
    if (form < 4 && depth < 4) return header + this.#multipart(blank, depth);
    if (form < 5 && depth < 4)
      return `${header}Content-Type: message/rfc822\r\n${blank}${this.#part(depth + 1)}`;
    const type = form < 7 ? `Content-Type: ${this.pick(types)}\r\n` : '';
    return header + type + blank + this.#body();
  }

  #multipart(blank: string, depth: number): string {
    const boundary = this.pick(boundaries);
    const subtype = this.pick(['mixed', 'digest', 'alternative']);
    let text = `Content-Type: multipart/${subtype}; boundary="${boundary}"\r\n${blank}`;
    if (this.below(3) === 0) text += 'preamble\r\n';
    for (let count = this.below(4); count > 0; count--) {
      text += `--${boundary}${this.pick(['', '', '', ' ', '\t'])}\r\n${this.#part(depth + 1)}${this.below(8) === 0 ? '' : '\r\n'}`;
    }
    if (this.below(4) > 0) text += `--${boundary}--${this.below(6) > 0 ? '\r\n' : ''}`;
    return this.below(3) > 0 ? text : `${text}epilogue\r\n`;
  }

  #body(): string {
    let text = '';
    for (let count = this.below(4); count > 0; count--) {
      text +=
        this.below(2) === 0 ? this.pick(bodyLines) : `--${this.pick(boundaries)}${this.pick(boundaryTails)}`;
      if (this.below(9) > 0) text += '\r\n';
    }
    return text;
  }
}
