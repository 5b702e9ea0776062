/**
 * Names that mail programs give to their own folder for sent mail, drafts and the like, in the languages that they speak
 * here. Beside the mailbox that has the use already, such a folder would split the mail: its name stands for that mailbox.
 */
import type { MailboxRole } from './mailstore.ts';
import { findMailbox, pathOf, splitPath } from './mailstore-naming.ts';
import type { MailstoreState } from './mailstore-state.ts';

const namesOf: Readonly<Partial<Record<MailboxRole, readonly string[]>>> = {
  sent: [
    ...['Sent', 'Sent Items', 'Sent Messages', 'Sent Mail', 'Sent-Mail', 'Sent Mails'],
    ...['已发送', '已发送邮件', '已发邮件', '寄件備份', '已傳送', '已傳送的郵件', '已傳送郵件', '寄件備份匣'],
  ],
  drafts: ['Drafts', 'Draft', '草稿', '草稿箱', '草稿匣'],
  trash: [
    ...['Trash', 'Deleted Items', 'Deleted Messages', 'Deleted'],
    ...['已删除', '已删除邮件', '已刪除', '已刪除的郵件', '刪除的郵件'],
  ],
  junk: ['Junk', 'Junk E-mail', 'Junk Email', 'Junk Mail', 'Spam', '垃圾邮件', '垃圾郵件'],
  archive: ['Archive', 'Archives', '归档', '封存'],
};

const roles: ReadonlyMap<string, MailboxRole> = new Map(
  Object.entries(namesOf).flatMap(([role, names]) =>
    names.map((name) => [name.toLowerCase(), role as MailboxRole] as const),
  ),
);

/** The use that a mailbox of this path is made for; `none` for any other name, and below the first level. */
export function roleOfPath(path: string): MailboxRole {
  const [name = '', ...below] = splitPath(path);
  return below.length > 0 ? 'none' : (roles.get(name.toLowerCase()) ?? 'none');
}

/**
 * The path that is meant: the given one, or the one in the mailbox that has the use for which its first level is known.
 * A mailbox that really has that name is always meant itself.
 */
export function meantPath(state: MailstoreState, path: string): string {
  const [name = '', ...below] = splitPath(path);
  const role = roles.get(name.toLowerCase());
  if (role === undefined || findMailbox(state, name)) return path;
  for (const mailbox of state.mailboxes.values()) {
    if (mailbox.role === role) return [pathOf(state, mailbox), ...below].join('/');
  }
  return path;
}
