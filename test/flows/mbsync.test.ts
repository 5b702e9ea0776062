/** mbsync keeps a Maildir and an account alike, both ways; one story, told step by step. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { deliver, imapLogin, mailWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { flagsOf, numberOf } from '../support/imap-client.ts';
import { missing, runWell } from '../support/programs.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';

/** As IMAP4rev1 spells them, and as mbsync names its folders. */
const mailboxes = ['&VAhUDA- 2026', 'INBOX', 'Projekt'];

flowOnEveryLog('mbsync', { skip: missing('mbsync'), timeout: 120_000 }, (openLog) => {
  let server: RealServer;
  let scratch: string;

  before(async () => {
    server = await RealServer.start(['wang'], {}, await openLog());
    scratch = await mkdtemp(join(tmpdir(), 'muniment-mbsync-'));
    await deliver(server, 'wang', [mailWith('one'), mailWith('two'), mailWith('three')]);
    const client = await imapLogin(server, 'wang');
    await client.ok('CREATE Projekt');
    await client.append('Projekt', Buffer.from('Subject: plan\r\n\r\nPlan.\r\n'), '\\Seen');
    await client.ok('CREATE "&VAhUDA- 2026"');
    await client.append(
      '&VAhUDA- 2026',
      Buffer.from('Subject: =?utf-8?B?5ZCI5ZCM?=\r\n\r\n合同\r\n'),
      '\\Flagged',
    );
    await client.logout();
    await mkdir(join(scratch, 'maildir'));
    await writeFile(join(scratch, 'mbsyncrc'), configuration(server, scratch));
  });

  after(async () => {
    await server?.dispose();
    if (scratch) await rm(scratch, { recursive: true });
  });

  const synchronise = () => runWell('mbsync', ['-c', join(scratch, 'mbsyncrc'), 'c']);

  /** What a program could see of the account: every mailbox's numbers, rows and octets. */
  async function far(): Promise<Record<string, { status: string; rows: string[]; mails: string[] }>> {
    const client = await imapLogin(server, 'wang');
    const state: Awaited<ReturnType<typeof far>> = {};
    for (const mailbox of mailboxes) {
      const { untagged } = await client.ok(
        `STATUS "${mailbox}" (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ UNSEEN)`,
      );
      await client.ok(`EXAMINE "${mailbox}"`);
      const rows = (await client.uidFetch('1:*', 'UID FLAGS MODSEQ')).map(
        (items) => `${numberOf(items, 'UID')} ${flagsOf(items)} ${numberOf(items, 'MODSEQ')}`,
      );
      const mails = [...(await client.bodies()).values()].map((octets) => octets.toString('latin1'));
      state[mailbox] = { status: untagged.join(), rows, mails };
    }
    await client.logout();
    return state;
  }

  interface LocalMail {
    readonly mailbox: string;
    readonly file: string;
    /** Letters in the file's name. */
    readonly flags: string;
    readonly octets: string;
  }

  function near(): LocalMail[] {
    const folder = join(scratch, 'maildir');
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\/(cur|new)\/[^.]/.test(file))
      .sort()
      .map((file) => ({
        mailbox: file.split('/')[0]!,
        file: join(folder, file),
        flags: /:2,([A-Z]*)$/.exec(file)?.[1] ?? '',
        octets: readFileSync(join(folder, file), 'latin1').replaceAll('\n', '\r\n'),
      }));
  }

  function nearWith(text: string): LocalMail {
    return near().find(({ octets }) => octets.includes(text))!;
  }

  /** Gives a local message other flags, as a program does: by its name. */
  async function flagLocally({ file }: LocalMail, letters: string): Promise<void> {
    await rename(file, file.replace(/(\/new\/|\/cur\/)(.*?)(:2,[A-Z]*)?$/, `/cur/$2:2,${letters}`));
  }

  /** Octets of every mailbox are the same on both sides; mbsync marks what it has uploaded by a line of its own. */
  async function assertAlike(): Promise<void> {
    const plain = (mail: string) => mail.replace(/^X-TUID: .*\r\n/m, '');
    const [there, here] = [await far(), near()];
    for (const mailbox of mailboxes) {
      const mails = here.filter((mail) => mail.mailbox === mailbox).map(({ octets }) => plain(octets));
      assert.deepEqual(mails.sort(), there[mailbox]!.mails.map(plain).sort(), mailbox);
    }
  }

  test('brings every mailbox down, octet for octet and with its flags', async () => {
    await synchronise();
    await assertAlike();
    assert.equal(near().length, 5);
    assert.deepEqual([nearWith('plan').flags, nearWith('=?utf-8?').flags], ['S', 'F']);
  });

  test('a second run changes nothing on either side', async () => {
    const before = [await far(), near()];
    await synchronise();
    assert.deepEqual([await far(), near()], before);
  });

  test('a flag, a message and a removal made here go up', async () => {
    await flagLocally(nearWith('Subject: one'), 'RS');
    await flagLocally(nearWith('Subject: plan'), 'ST');
    await writeFile(
      join(scratch, 'maildir', 'Projekt', 'cur', '1.local:2,F'),
      'Subject: written here\n\nHere.\n',
    );
    await synchronise();
    await assertAlike();
    const { INBOX, Projekt } = await far();
    assert.match(INBOX!.rows[0]!, /^1 \\Answered,\\Seen /);
    assert.equal(Projekt!.rows.length, 1);
    assert.match(Projekt!.rows[0]!, /^2 \\Flagged /);
    assert.match(Projekt!.mails[0]!, /^Subject: written here\r\n/);
  });

  test('a flag, a message and a removal made there come down', async () => {
    const client = await imapLogin(server, 'wang');
    await client.ok('SELECT INBOX');
    await client.ok('UID STORE 2 +FLAGS (\\Deleted)');
    await client.ok('UID EXPUNGE 2');
    await client.ok('UID STORE 3 +FLAGS (\\Flagged)');
    await client.append('Projekt', Buffer.from('Subject: filed there\r\n\r\nThere.\r\n'));
    await client.logout();
    await synchronise();
    await assertAlike();
    assert.equal(nearWith('Subject: two'), undefined);
    assert.equal(nearWith('Subject: three').flags, 'F');
    assert.equal(nearWith('Subject: filed there').mailbox, 'Projekt');
  });

  test('again a run changes nothing on either side', async () => {
    const before = [await far(), near()];
    await synchronise();
    assert.deepEqual([await far(), near()], before);
  });
});

function configuration({ ports, data }: RealServer, scratch: string): string {
  return `
IMAPAccount a
Host localhost
Port ${ports.imap}
User ${addressOf('wang')}
Pass ${passwordOf('wang')}
SSLType STARTTLS
CertificateFile ${data}/tls/certificate.pem

IMAPStore far
Account a

MaildirStore near
Path ${scratch}/maildir/
Inbox ${scratch}/maildir/INBOX
SubFolders Verbatim

Channel c
Far :far:
Near :near:
Patterns *
Create Both
Expunge Both
Remove Both
SyncState *
`;
}
