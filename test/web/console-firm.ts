/** A small firm before the real server, as the console's tests find it: people, a department, a rule, mail on its way. */
import type { Page } from 'playwright-core';
import { ApiClient } from '../support/api-client.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

export interface Firm {
  readonly server: RealServer;
  readonly admin: ApiClient;
  /** Of the mail to a firm outside. */
  readonly message: string;
  readonly rule: string;
}

export const firmRule = {
  name: '合同不外发',
  reason: '合同须经法务部发出',
  owner: addressOf('wang'),
  scope: { direction: 'sent', traffic: 'external' },
  when: { test: 'text', in: ['subject', 'body', 'attachments'], words: ['合同', 'contract'] },
  actions: [{ do: 'deliver' }],
};

export async function openFirm(): Promise<Firm> {
  const server = await RealServer.start(['wang', 'li']);
  await server.muniment('account', 'passwd', addressOf('admin'), '--password', passwordOf('admin'));
  const client = (name: string) => new ApiClient(server.ports.http, addressOf(name), passwordOf(name));
  const admin = client('admin');
  await people(admin);
  const { rule } = await admin.ask('publishRule', { body: { text: JSON.stringify(firmRule) } });
  const changed = JSON.stringify({ ...firmRule, reason: '合同只能由法务部发出' });
  await admin.ask('publishRule', { body: { text: changed, of: rule } });
  await sendContract(server);
  const { items } = await client('chen').ask('searchMessages', { query: { sender: 'wang@' } });
  const message = items[0]!.message;
  await client('chen').ask('showMessage', { params: { message } });
  await new ApiClient(server.ports.http, addressOf('wang'), 'wrong-1').refused('showSession');
  return { server, admin, message, rule };
}

async function people(admin: ApiClient): Promise<void> {
  const { items } = await admin.ask('listAccounts', { query: {} });
  const names: Readonly<Record<string, string>> = { wang: '王伟', li: '李娜', admin: '管理员' };
  for (const { account, address } of items) {
    const realName = names[address.split('@')[0]!];
    if (realName) await admin.ask('changeAccount', { params: { account }, body: { realName } });
  }
  const chen = { address: addressOf('chen'), password: passwordOf('chen'), realName: '陈静' };
  await admin.ask('addAccount', { body: { ...chen, roles: ['auditor'], quotaOctets: 2_000_000_000 } });
  await admin.ask('addDepartment', { body: { name: '销售部', leader: addressOf('li') } });
  await admin.ask('addDepartment', { body: { name: '华东区', under: '销售部' } });
  await admin.ask('assignDepartment', { params: { name: '华东区' }, body: { members: [addressOf('wang')] } });
  await admin.ask('addGroup', {
    body: { group: 'sales@acme.example', members: [addressOf('wang'), addressOf('li')] },
  });
  await admin.ask('addAlias', { body: { alias: 'w@acme.example', address: addressOf('wang') } });
}

async function sendContract(server: RealServer): Promise<void> {
  const text = [
    'From: =?utf-8?B?546L5Lyf?= <wang@acme.example>',
    'To: buyer@outside.example',
    `Subject: =?utf-8?B?${Buffer.from('采购合同 2026-11').toString('base64')}?=`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    '附件是合同，请审阅。',
    '',
  ].join('\r\n');
  const smtp = await SmtpClient.connect(server.ports.submission);
  await smtp.login(addressOf('wang'), passwordOf('wang'));
  await smtp.send(addressOf('wang'), ['buyer@outside.example', addressOf('li')], Buffer.from(text));
  await smtp.quit();
}

/** Until the navigation is there. */
export async function signInConsole(page: Page, name: string): Promise<void> {
  await page.goto('/console/');
  await page.locator('input[name=login]').fill(addressOf(name));
  await page.locator('input[name=password]').fill(passwordOf(name));
  await page.locator('sign-in button.primary').click();
  await page.locator('console-screen nav a').first().waitFor({ state: 'attached' });
}
