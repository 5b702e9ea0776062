/** A JMAP client for tests: one account, method calls in, responses out. */
import assert from 'node:assert/strict';
import type { JsonMap } from '../../services/http/jmap/request.ts';

export class JmapClient {
  readonly base: string;
  readonly account: string;
  readonly headers: Readonly<Record<string, string>>;

  private constructor(base: string, account: string, headers: Record<string, string>) {
    this.base = base;
    this.account = account;
    this.headers = headers;
  }

  static async signIn(port: number, login: string, password: string): Promise<JmapClient> {
    const base = `http://127.0.0.1:${port}`;
    const headers = { authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}` };
    const response = await fetch(`${base}/.well-known/jmap`, { headers });
    assert.equal(response.status, 200, await response.clone().text());
    const session = (await response.json()) as { primaryAccounts: Record<string, string> };
    return new JmapClient(base, session.primaryAccounts['urn:ietf:params:jmap:mail']!, headers);
  }

  /** Responses `[name, arguments]` in the order of the calls; `accountId` is put in. */
  async calls(...calls: readonly [string, JsonMap][]): Promise<[string, Answer][]> {
    const methodCalls = calls.map(([name, args], i) => [name, { accountId: this.account, ...args }, `${i}`]);
    const using = ['core', 'mail', 'submission'].map((name) => `urn:ietf:params:jmap:${name}`);
    const response = await fetch(`${this.base}/jmap/api`, {
      method: 'POST',
      headers: { ...this.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ using, methodCalls }),
    });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    const { methodResponses } = JSON.parse(text) as { methodResponses: [string, Answer, string][] };
    return methodResponses.map(([name, args]) => [name, args]);
  }

  /** The arguments of the one response; fails on a method error. */
  async call(name: string, args: JsonMap = {}): Promise<Answer> {
    const [[answered, response]] = (await this.calls([name, args])) as [[string, Answer]];
    assert.equal(answered, name, JSON.stringify(response));
    return response;
  }

  /** Listens for new states. */
  async events(): Promise<{ next(): Promise<Answer>; close(): Promise<void> }> {
    const response = await fetch(`${this.base}/jmap/events?types=*&closeafter=no&ping=0`, {
      headers: this.headers,
    });
    assert.equal(response.status, 200);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const next = async (): Promise<Answer> => {
      for (;;) {
        const [, data] = /event: state\ndata: (.*)\n\n/.exec(text) ?? [];
        if (data !== undefined) {
          text = text.slice(text.indexOf(data) + data.length);
          return JSON.parse(data) as Answer;
        }
        const { value, done } = await reader.read();
        assert.ok(!done, 'the stream ended');
        text += value;
      }
    };
    return { next, close: () => reader.cancel() };
  }

  async upload(octets: Buffer): Promise<Answer> {
    const url = `${this.base}/jmap/upload/${this.account}`;
    const headers = { ...this.headers, 'content-type': 'message/rfc822' };
    const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(octets) });
    assert.equal(response.status, 201, await response.clone().text());
    return (await response.json()) as Answer;
  }

  async download(blobId: string, name = 'mail.eml'): Promise<{ status: number; octets: Buffer }> {
    const url = `${this.base}/jmap/download/${this.account}/${blobId}/${name}`;
    const response = await fetch(url, { headers: this.headers });
    return { status: response.status, octets: Buffer.from(await response.arrayBuffer()) };
  }
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
export type Answer = Record<string, any>;
