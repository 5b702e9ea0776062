/** JMAP over the page's own session (RFC 8620): method calls, downloads, and word of new states. */
import { ownPageHeaders } from './session.ts';

export type FailureKind = 'signedOut' | 'unreachable' | 'failed';

export class JmapFailure extends Error {
  override readonly name = 'JmapFailure';
  readonly kind: FailureKind;

  constructor(kind: FailureKind, detail: string) {
    super(detail);
    this.kind = kind;
  }
}

export type Arguments = Readonly<Record<string, unknown>>;
export type Answer = Readonly<Record<string, unknown>>;

const mailCapability = 'urn:ietf:params:jmap:mail';
const using = ['urn:ietf:params:jmap:core', mailCapability, 'urn:ietf:params:jmap:submission'];
/** After a push connection is lost; browsers try again by themselves, but not where the server said no. */
const retryMs = 5000;

interface SessionObject {
  readonly primaryAccounts: Readonly<Record<string, string>>;
  readonly apiUrl: string;
  readonly downloadUrl: string;
  readonly uploadUrl: string;
  readonly eventSourceUrl: string;
  readonly username: string;
}

export class Jmap {
  readonly account: string;
  readonly #session: SessionObject;

  private constructor(session: SessionObject) {
    this.#session = session;
    this.account = session.primaryAccounts[mailCapability] ?? '';
  }

  static async connect(): Promise<Jmap> {
    const response = await fetched('/jmap/session', {});
    return new Jmap((await response.json()) as SessionObject);
  }

  /** The answers in the order of the calls; throws where one of them is an error. `accountId` is put in. */
  async calls(...calls: readonly (readonly [string, Arguments])[]): Promise<Answer[]> {
    const response = await fetched(this.#session.apiUrl, this.#request(calls));
    const { methodResponses } = (await response.json()) as { methodResponses: [string, Answer][] };
    return methodResponses.map(([name, answer]) => {
      if (name === 'error') throw new JmapFailure('failed', String(answer['type']));
      return answer;
    });
  }

  /** Without waiting for an answer: the page is about to go away. */
  send(...calls: readonly (readonly [string, Arguments])[]): void {
    fetched(this.#session.apiUrl, { ...this.#request(calls), keepalive: true }).catch(() => {});
  }

  #request(calls: readonly (readonly [string, Arguments])[]): RequestInit {
    const methodCalls = calls.map(([name, args], i) => [name, { accountId: this.account, ...args }, `${i}`]);
    const body = JSON.stringify({ using, methodCalls });
    return { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  }

  async call(name: string, args: Arguments): Promise<Answer> {
    const [answer] = await this.calls([name, args]);
    return answer!;
  }

  get uploadUrl(): string {
    return this.#session.uploadUrl.replace('{accountId}', encodeURIComponent(this.account));
  }

  downloadUrl(blobId: string, name: string, type: string): string {
    const values: Readonly<Record<string, string>> = {
      accountId: this.account,
      blobId,
      name: name || 'file',
      type,
    };
    return this.#session.downloadUrl.replace(/\{(\w+)\}/g, (_, key: string) =>
      encodeURIComponent(values[key] ?? ''),
    );
  }

  async download(blobId: string, type: string): Promise<Blob> {
    const response = await fetched(this.downloadUrl(blobId, 'part', type), {});
    return new Blob([await response.arrayBuffer()], { type });
  }

  /** Of this account (RFC 8620 §7.1). */
  #typesIn(text: string): ReadonlySet<string> {
    const { changed } = JSON.parse(text) as { readonly changed: Readonly<Record<string, object>> };
    return new Set(Object.keys(changed[this.account] ?? {}));
  }

  /** Tells of each new state, and of the connection being lost and found again. Returns what ends it. */
  listen(onState: (types: ReadonlySet<string>) => void, onConnection: (isOpen: boolean) => void): () => void {
    const values: Readonly<Record<string, string>> = { types: '*', closeafter: 'no', ping: '60' };
    const url = this.#session.eventSourceUrl.replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? '');
    let retry: number | undefined;
    let source: EventSource;
    const open = (): void => {
      source = new EventSource(url);
      source.addEventListener('open', () => onConnection(true));
      source.addEventListener('state', ({ data }) => onState(this.#typesIn(data as string)));
      source.addEventListener('error', () => {
        onConnection(false);
        if (source.readyState === EventSource.CLOSED) retry = window.setTimeout(open, retryMs);
      });
    };
    open();
    return () => {
      window.clearTimeout(retry);
      source.close();
    };
  }
}

export async function fetched(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, headers: { ...ownPageHeaders, ...init.headers } });
  } catch (error) {
    throw new JmapFailure('unreachable', String(error));
  }
  if (response.status === 401) throw new JmapFailure('signedOut', 'the session has ended');
  if (!response.ok) throw new JmapFailure('failed', `${url} answered ${response.status}`);
  return response;
}
