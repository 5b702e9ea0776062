/** The page at `/status`: that the server runs, and what it listens on. */
import { createHash } from 'node:crypto';

export interface StatusPage {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

export interface ListeningService {
  readonly name: string;
  readonly port: number;
}

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:3em auto;padding:0 1em}td{padding-right:2em}';
const styleHash = createHash('sha256').update(style).digest('base64');

export function statusPage(hostname: string, services: readonly ListeningService[]): StatusPage {
  const rows = services
    .map(({ name, port }) => `<tr><td>${escaped(name)}</td><td>${port}</td></tr>`)
    .join('');
  const host = escaped(hostname);
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Muniment on ${host}</title><style>${style}</style></head>
<body><h1>Muniment is running</h1>
<p>This is the mail server <strong>${host}</strong>. Use a mail program with these ports:</p>
<table>${rows}</table>
<p><a href="/">Webmail</a> reads mail in a browser; <code>npm start</code> builds its pages. The state of the server
is at <a href="/healthz">/healthz</a>.</p>
</body></html>
`;
  const contentSecurityPolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; base-uri 'none'`;
  return { html, contentSecurityPolicy };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
