/** A server with people, a rule that holds mail, and a partner elsewhere who takes it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DnsServer } from './dns-server.ts';
import { NextHopPeer } from './next-hop.ts';
import { addressOf, lookAgainMs, passwordOf, RealServer } from './real-server.ts';
import type { ServerLog } from './server-log.ts';
import { SmtpClient } from './smtp-client.ts';

export const buyer = 'buyer@out.example';

export interface ShownApproval {
  readonly approval: string;
  readonly message: string;
  readonly kind: string;
  readonly state: string;
  readonly sender: string;
  readonly subject: string;
  readonly decider: string;
  readonly comment: string;
  readonly endedBy: string | null;
  readonly decidedAs: string | null;
  readonly octets: string;
  readonly resubmits: string | null;
  readonly steps: readonly { readonly type: string; readonly who: string }[];
}

export class ApprovalHouse {
  readonly server: RealServer;
  readonly peer: NextHopPeer;
  readonly #dns: DnsServer;
  readonly #folder = mkdtempSync(join(tmpdir(), 'muniment-approval-'));
  #rules = 0;

  static async open(names: readonly string[], log?: ServerLog): Promise<ApprovalHouse> {
    const peer = await NextHopPeer.start();
    const dns = await DnsServer.start({
      'out.example': { mx: [[10, 'mx.out.example']] },
      'mx.out.example': { a: ['127.0.0.1'] },
    });
    const settings = {
      MUNIMENT_DNS_SERVERS: dns.address,
      MUNIMENT_DELIVERY_PORT: String(peer.port),
      MUNIMENT_DELIVERY_RETRY_MS: '200',
    };
    const server = await RealServer.start(names, settings, log);
    return new ApprovalHouse(server, peer, dns);
  }

  private constructor(server: RealServer, peer: NextHopPeer, dns: DnsServer) {
    this.server = server;
    this.peer = peer;
    this.#dns = dns;
  }

  async close(): Promise<void> {
    await this.server.dispose();
    await this.peer.close();
    await this.#dns.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Mail with 合同 in its subject, unless said otherwise; the rule's id. */
  async publish(action: Record<string, unknown>, changed: Record<string, unknown> = {}): Promise<string> {
    const rule = {
      name: `rule ${++this.#rules}`,
      reason: 'a test',
      owner: addressOf('li'),
      scope: { direction: 'sent' },
      when: { test: 'text', in: ['subject'], words: ['合同'] },
      actions: [action],
      ...changed,
    };
    const path = join(this.#folder, `${this.#rules}.json`);
    writeFileSync(path, JSON.stringify(rule));
    return JSON.parse(await this.server.muniment('rule', 'add', path, '--json')).rule;
  }

  async withdraw(rule: string): Promise<void> {
    await this.server.muniment('rule', 'withdraw', rule, '--reason', 'the test is over');
  }

  /** The mail's id. */
  async submit(
    recipients: readonly string[],
    { subject = '合同', by = 'wang', more = '' }: { subject?: string; by?: string; more?: string } = {},
  ): Promise<string> {
    const client = await SmtpClient.connect(this.server.ports.submission);
    await client.login(addressOf(by), passwordOf(by));
    const encoded = `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`;
    const head = `From: ${addressOf(by)}\r\nTo: ${recipients[0]}\r\nSubject: ${encoded}\r\n${more}`;
    const reply = await client.send(addressOf(by), recipients, Buffer.from(`${head}\r\n你好\r\n`));
    await client.quit();
    const id = /^250 .*?([0-9a-f]{8}-[0-9a-f-]{27})/.exec(reply)?.[1];
    if (id === undefined) throw new Error(`not accepted: ${reply}`);
    return id;
  }

  async show(id: string): Promise<ShownApproval> {
    return JSON.parse(await this.server.muniment('approval', 'show', id, '--json'));
  }

  /** As soon as it is there. */
  async untilHeld(message: string): Promise<ShownApproval> {
    for (;;) {
      const { code, stdout } = await this.server.verb('approval', 'show', message, '--json');
      if (code === 0) return JSON.parse(stdout);
      await sleep(lookAgainMs);
    }
  }

  async trace(message: string): Promise<{
    readonly steps: readonly { readonly type: string }[];
    readonly recipientList: readonly { readonly address: string; readonly hold: string | null }[];
    readonly deliveries: readonly { readonly recipient: string; readonly state: string }[];
  }> {
    return JSON.parse(await this.server.muniment('message', 'trace', message, '--json'));
  }

  /** Types of the events about a mail, as soon as `done` says so of them. */
  async untilStory(message: string, done: (types: readonly string[]) => boolean): Promise<string[]> {
    for (;;) {
      const types = (await this.trace(message)).steps.map(({ type }) => type);
      if (done(types)) return types;
      await sleep(lookAgainMs);
    }
  }
}
