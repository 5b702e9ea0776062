/** A company whose mail is supervised: 王 is in sales, which 李 leads, 陈 leads the house, 赵 is in no department. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from './api-client.ts';
import { ApprovalHouse, buyer } from './approval-house.ts';
import { mailWith } from './delivered-mail.ts';
import { addressOf, lookAgainMs, passwordOf, type RealServer } from './real-server.ts';
import type { ServerLog } from './server-log.ts';
import { SmtpClient } from './smtp-client.ts';

export interface ShownCopy {
  readonly supervision: string;
  readonly message: string;
  readonly supervisorAddress: string;
  readonly people: readonly string[];
  readonly subject: string;
  readonly state: string;
  readonly reasons: readonly string[];
  readonly outcome: string | null;
  readonly note: string;
}

/** Whatever the mail says. */
export const everything = { when: undefined, scope: {} };

export class SupervisionHouse {
  readonly house: ApprovalHouse;

  static async open(log?: ServerLog): Promise<SupervisionHouse> {
    const house = await ApprovalHouse.open(['wang', 'li', 'zhao', 'chen'], log);
    await house.server.muniment('department', 'add', '公司', '--leader', addressOf('chen'));
    await house.server.muniment('department', 'add', '销售', '--under', '公司', '--leader', addressOf('li'));
    await house.server.muniment('department', 'assign', '销售', addressOf('wang'), addressOf('li'));
    return new SupervisionHouse(house);
  }

  private constructor(house: ApprovalHouse) {
    this.house = house;
  }

  get server(): RealServer {
    return this.house.server;
  }

  close(): Promise<void> {
    return this.house.close();
  }

  client(name: string): ApiClient {
    return new ApiClient(this.server.ports.http, addressOf(name), passwordOf(name));
  }

  /** Under a rule that puts mail with 合同 in its subject before supervisors, unless it is said otherwise. */
  async under<T>(
    action: Record<string, unknown>,
    changed: Record<string, unknown>,
    work: () => Promise<T>,
  ): Promise<T> {
    const rule = await this.house.publish({ do: 'copyToSupervisors', ...action }, changed);
    const result = await work();
    await this.house.withdraw(rule);
    return result;
  }

  async listed(...args: readonly string[]): Promise<ShownCopy[]> {
    return JSON.parse(await this.server.muniment('supervision', 'list', ...args, '--json'));
  }

  /** The copies of a mail, as soon as there are so many. */
  async copiesOf(message: string, count = 1): Promise<ShownCopy[]> {
    for (;;) {
      const { code, stdout } = await this.server.verb('supervision', 'show', message, '--json');
      const copies: ShownCopy[] = code === 0 ? JSON.parse(stdout) : [];
      if (copies.length >= count) return copies;
      await sleep(lookAgainMs);
    }
  }

  /** Names of those who supervise a mail, as soon as there are so many. */
  async supervisorsOf(message: string, count = 1): Promise<string[]> {
    const copies = await this.copiesOf(message, count);
    return copies.map(({ supervisorAddress }) => supervisorAddress.split('@')[0]!).sort();
  }

  /** `behind` came later and has its copy: what came before it would have one by now. */
  async assertNobodySupervises(message: string, behind: string): Promise<void> {
    await this.copiesOf(behind);
    assert.match((await this.server.verb('supervision', 'show', message)).stderr, /Nobody supervises/);
  }

  /** From outside, to people here; the mail's id. */
  async arrive(to: readonly string[], subject = '合同', more = ''): Promise<string> {
    const client = await SmtpClient.connect(this.server.ports.smtp);
    const encoded = `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`;
    const octets = Buffer.concat([Buffer.from(more), mailWith(encoded)]);
    const reply = await client.send(buyer, to.map(addressOf), octets);
    await client.quit();
    return /([0-9a-f]{8}-[0-9a-f-]{27})/.exec(reply)![1]!;
  }
}
