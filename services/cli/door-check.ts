/** Asks a door of the running server what a client would ask it first. A process that is stopped still takes connections. */
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

export interface Door {
  readonly name: string;
  /** The setting that names its port. */
  readonly variable: string;
  readonly port: number;
  /** TLS from the first octet. */
  readonly secure: boolean;
  readonly protocol: 'smtp' | 'imap' | 'pop3' | 'http';
  /** It takes this machine for a proxy, which says first for whom it connects: here for itself. */
  readonly expectsProxy?: boolean;
}

/** What came back: text, or nobody listens, or nothing within the time, or an end without a word. */
export type DoorAnswer = { readonly text: string } | 'nobody' | 'silent' | 'closed';

const maxAnswerOctets = 1024 * 1024;
const healthRequest = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** Never rejects. A greeting is one line, the answer of HTTP everything up to its end. */
export function askDoor(
  { port, secure, protocol, expectsProxy }: Door,
  host: string,
  limitMs: number,
): Promise<DoorAnswer> {
  return new Promise((resolve) => {
    const plain = connect({ host, port });
    if (expectsProxy) plain.write('PROXY UNKNOWN\r\n');
    const socket: Socket = secure ? connectSecurely({ socket: plain, rejectUnauthorized: false }) : plain;
    let text = '';
    const end = (answer: DoorAnswer): void => {
      clearTimeout(timer);
      socket.destroy();
      plain.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end('silent'), limitMs);
    plain.on('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ECONNREFUSED' || error.code === 'EHOSTUNREACH' ? 'nobody' : 'closed'),
    );
    socket.on('error', () => end('closed'));
    socket.on('close', () => end(text === '' ? 'closed' : { text }));
    socket.on('data', (octets) => {
      text += octets.toString('latin1');
      const isWhole = protocol !== 'http' && text.includes('\r\n');
      if (isWhole || text.length > maxAnswerOctets) end({ text });
    });
    if (protocol === 'http') socket.write(healthRequest);
  });
}

const greetings = {
  smtp: /^220[ -]/,
  imap: /^\* (?:OK|PREAUTH)/,
  pop3: /^\+OK/,
  http: /^HTTP\/1\.1 (?:200|308) /,
};

/** Null where it is what a well server says; otherwise what it said, for a person. */
export function complaintOf({ protocol }: Door, text: string): string | null {
  if (greetings[protocol].test(text)) return null;
  const unwell = protocol === 'http' ? unwellParts(text) : [];
  if (unwell.length > 0) return `/healthz says that not all is well: ${unwell.join(', ')}`;
  return `it says “${text.split('\r\n')[0]!.slice(0, 200)}”`;
}

/** Names of the parts that are red, of the report that `/healthz` gives. */
function unwellParts(text: string): string[] {
  try {
    const report = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) as Record<
      string,
      unknown
    >;
    return Object.keys(report).filter(
      (part) => (report[part] as { state?: unknown } | null)?.state === 'red',
    );
  } catch {
    return [];
  }
}
