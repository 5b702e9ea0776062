/** A house with a rule that holds, and mails for it to hold: plain, HTML and with a file. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../support/api-client.ts';
import { ApprovalHouse, buyer } from '../support/approval-house.ts';
import { addressOf, passwordOf } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

export const deskRule = {
  name: '合同须审批',
  reason: '合同须经主管批准',
  owner: addressOf('li'),
  when: { test: 'text', in: ['subject', 'body', 'attachments'], words: ['合同'] },
};

export class DeskHouse {
  readonly house: ApprovalHouse;

  static async open(): Promise<DeskHouse> {
    const house = await ApprovalHouse.open(['wang', 'li', 'zhao', 'chen']);
    const hold = {
      do: 'holdForApproval',
      reviewer: addressOf('li'),
      deputy: addressOf('zhao'),
      deadlineHours: 24,
      atDeadline: 'return',
    };
    await house.publish(hold, deskRule);
    return new DeskHouse(house);
  }

  private constructor(house: ApprovalHouse) {
    this.house = house;
  }

  client(name: string): ApiClient {
    return new ApiClient(this.house.server.ports.http, addressOf(name), passwordOf(name));
  }

  /** Sent by Wang to the buyer; the approval's id, as soon as somebody is asked. */
  async hold(subject: string, content: readonly string[]): Promise<string> {
    const { ports } = this.house.server;
    const smtp = await SmtpClient.connect(ports.submission);
    await smtp.login(addressOf('wang'), passwordOf('wang'));
    const encoded = `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`;
    const head = [`From: ${addressOf('wang')}`, `To: ${buyer}`, `Subject: ${encoded}`, 'MIME-Version: 1.0'];
    await smtp.send(addressOf('wang'), [buyer], Buffer.from([...head, ...content, ''].join('\r\n')));
    await smtp.quit();
    for (;;) {
      const { items } = await this.client('li').ask('listApprovals');
      const found = items.find((item) => item.subject === subject);
      if (found) return found.approval;
      await sleep(50);
    }
  }

  close(): Promise<void> {
    return this.house.close();
  }
}

const utf8 = 'charset=utf-8';

export function plainMail(text: string): string[] {
  return [`Content-Type: text/plain; ${utf8}`, 'Content-Transfer-Encoding: 8bit', '', text];
}

export function htmlMail(page: string): string[] {
  return [`Content-Type: text/html; ${utf8}`, 'Content-Transfer-Encoding: 8bit', '', page];
}

export function mailWithFile(text: string, name: string, file: string): string[] {
  return [
    'Content-Type: multipart/mixed; boundary=edge',
    '',
    '--edge',
    ...plainMail(text),
    '--edge',
    `Content-Type: text/plain; ${utf8}`,
    'Content-Transfer-Encoding: 8bit',
    `Content-Disposition: attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    '',
    file,
    '--edge--',
  ];
}
