/** The smart host, out of its URL. */

export interface Relay {
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet (RFC 8314); otherwise STARTTLS. */
  readonly implicitTls: boolean;
  readonly login: { readonly user: string; readonly password: string } | null;
}

/** `smtp(s)://user:password@host:port`, already held against the settings' rules. */
export function parseRelay(text: string): Relay {
  const url = new URL(text);
  const implicitTls = url.protocol === 'smtps:';
  const login =
    url.username === ''
      ? null
      : { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  // Mail to a smart host is submission (RFC 6409) where it signs in, and relaying where it does not.
  const usualPort = implicitTls ? 465 : login ? 587 : 25;
  const port = url.port === '' ? usualPort : Number(url.port);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port, implicitTls, login };
}
