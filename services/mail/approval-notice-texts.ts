/** What a notice about held mail says to people, in the languages that they read. */
import type { ReportLanguage } from './report-texts.ts';

/** `asked` and `reminded` go to whoever decides, the others to the sender. */
export type NoticeKind =
  | 'asked'
  | 'reminded'
  | 'held'
  | 'released'
  | 'returned'
  | 'lapsedReleased'
  | 'lapsedReturned';

export interface NoticeTexts {
  /** Name in From. */
  readonly sender: string;
  readonly subject: Readonly<Record<NoticeKind, string>>;
  readonly opening: Readonly<Record<NoticeKind, string>>;
  readonly mailFrom: string;
  readonly mailSubject: string;
  readonly rules: string;
  readonly deadline: string;
  readonly onDeadline: { readonly deliver: string; readonly return: string };
  readonly decider: string;
  readonly comment: string;
  readonly link: string;
}

export const noticeTexts: Readonly<Record<ReportLanguage, NoticeTexts>> = {
  en: {
    sender: 'Mail approval',
    subject: {
      asked: 'To approve',
      reminded: 'Still to approve',
      held: 'Waits for approval',
      released: 'Approved',
      returned: 'Not approved',
      lapsedReleased: 'Released at the deadline',
      lapsedReturned: 'Returned at the deadline',
    },
    opening: {
      asked: 'A mail waits for your decision.',
      reminded: 'A mail still waits for your decision.',
      held: 'Your mail is held by a rule of your organisation. It leaves as soon as it is approved.',
      released: 'Your mail was approved and is on its way.',
      returned: 'Your mail was not approved and has not been sent.',
      lapsedReleased: 'Nobody decided in time. As the rule says, your mail is on its way.',
      lapsedReturned: 'Nobody decided in time. As the rule says, your mail has not been sent.',
    },
    mailFrom: 'From',
    mailSubject: 'Subject',
    rules: 'Rules',
    deadline: 'Decide by',
    onDeadline: { deliver: 'then it is sent', return: 'then it returns to its sender' },
    decider: 'Decides',
    comment: 'Comment',
    link: 'Open it on your desk',
  },
  'zh-CN': {
    sender: '邮件审批',
    subject: {
      asked: '待审批',
      reminded: '仍待审批',
      held: '等待审批',
      released: '已批准',
      returned: '未批准',
      lapsedReleased: '到期放行',
      lapsedReturned: '到期退回',
    },
    opening: {
      asked: '有一封邮件等待您审批。',
      reminded: '仍有一封邮件等待您审批。',
      held: '您的邮件按本单位规则暂存，批准后即会发出。',
      released: '您的邮件已获批准，正在发送。',
      returned: '您的邮件未获批准，没有发出。',
      lapsedReleased: '期限内无人审批。按规则，您的邮件正在发送。',
      lapsedReturned: '期限内无人审批。按规则，您的邮件没有发出。',
    },
    mailFrom: '发件人',
    mailSubject: '主题',
    rules: '规则',
    deadline: '审批期限',
    onDeadline: { deliver: '到期后发出', return: '到期后退回发件人' },
    decider: '审批人',
    comment: '意见',
    link: '在审批台打开',
  },
  'zh-TW': {
    sender: '郵件審核',
    subject: {
      asked: '待審核',
      reminded: '仍待審核',
      held: '等待審核',
      released: '已核准',
      returned: '未核准',
      lapsedReleased: '到期放行',
      lapsedReturned: '到期退回',
    },
    opening: {
      asked: '有一封郵件等待您審核。',
      reminded: '仍有一封郵件等待您審核。',
      held: '您的郵件依本單位規則暫存，核准後即會寄出。',
      released: '您的郵件已獲核准，正在寄送。',
      returned: '您的郵件未獲核准，沒有寄出。',
      lapsedReleased: '期限內無人審核。依規則，您的郵件正在寄送。',
      lapsedReturned: '期限內無人審核。依規則，您的郵件沒有寄出。',
    },
    mailFrom: '寄件者',
    mailSubject: '主旨',
    rules: '規則',
    deadline: '審核期限',
    onDeadline: { deliver: '到期後寄出', return: '到期後退回寄件者' },
    decider: '審核人',
    comment: '意見',
    link: '在審核台開啟',
  },
};
