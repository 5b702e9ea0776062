/** 凭理由打开他人邮件，简体中文 */
import type { openingEn } from './en.ts';

export const openingZhCn: typeof openingEn = {
  openMail: '打开邮件',
  openMailAbout: '理由先行记录，之后才显示内容。邮件当事人可以看到您的姓名和理由。',
  openMailReason: '理由',
  openMailNow: '记录并打开',
  openMailHint: '说明为何需要查阅，例如审计或投诉。',
  openedMail: '邮件内容',
  openedRecorded: '您打开此邮件一事已记录。',
  takeMail: '下载邮件',
};
