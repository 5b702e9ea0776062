/** A firm in which 李 supervises what 王 sends: mails with words that the rule looks for, files, hidden recipients. */
import { ApiClient } from '../support/api-client.ts';
import { buyer } from '../support/approval-house.ts';
import { addressOf, passwordOf } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { everything, SupervisionHouse } from '../support/supervision-house.ts';

export const contractRule = {
  name: '合同监督',
  when: { test: 'text', in: ['subject', 'body', 'attachments'], words: ['合同'] },
};

export const salesRule = { ...everything, name: '销售部抽查', scope: { people: [addressOf('wang')] } };

export class SupervisedFirm {
  readonly company: SupervisionHouse;

  static async open(): Promise<SupervisedFirm> {
    const company = await SupervisionHouse.open();
    await company.house.publish({ do: 'copyToSupervisors', reviewWithinHours: 40 }, contractRule);
    return new SupervisedFirm(company);
  }

  private constructor(company: SupervisionHouse) {
    this.company = company;
  }

  client(name: string): ApiClient {
    return new ApiClient(this.company.server.ports.http, addressOf(name), passwordOf(name));
  }

  /** Sent by 王 to the buyer, and to `hidden` without the mail's saying so; its id, once it is before `count` people. */
  async send(
    subject: string,
    content: readonly string[],
    { by = 'wang', hidden = [], count = 1 }: { by?: string; hidden?: readonly string[]; count?: number } = {},
  ): Promise<string> {
    const smtp = await SmtpClient.connect(this.company.server.ports.submission);
    await smtp.login(addressOf(by), passwordOf(by));
    const encoded = `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`;
    const head = [`From: ${addressOf(by)}`, `To: ${buyer}`, `Subject: ${encoded}`, 'MIME-Version: 1.0'];
    const octets = Buffer.from([...head, ...content, ''].join('\r\n'));
    const reply = await smtp.send(addressOf(by), [buyer, ...hidden], octets);
    await smtp.quit();
    const message = /([0-9a-f]{8}-[0-9a-f-]{27})/.exec(reply)![1]!;
    await this.company.copiesOf(message, count);
    return message;
  }

  /** Id of the copy of a mail for somebody. */
  async copyFor(name: string, message: string): Promise<string> {
    const copies = await this.company.copiesOf(message);
    return copies.find((copy) => copy.supervisorAddress === addressOf(name))!.supervision;
  }

  close(): Promise<void> {
    return this.company.close();
  }
}
