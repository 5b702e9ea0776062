/** What a delivery report says to people, in the languages that they read. */
import type { BounceClass } from '../domain/delivery-events.ts';

export type ReportLanguage = 'en' | 'zh-CN' | 'zh-TW';

export interface ReportTexts {
  /** Name in From. */
  readonly sender: string;
  readonly subject: { readonly failed: string; readonly delayed: string };
  readonly opening: { readonly failed: string; readonly delayed: string };
  readonly recipient: string;
  readonly mailSubject: string;
  readonly why: string;
  readonly reply: string;
  readonly closing: { readonly failed: string; readonly delayed: (until: string) => string };
  /** Where somebody ended the attempts. */
  readonly cancelled: string;
  readonly class: Readonly<Record<BounceClass, string>>;
}

export const reportTexts: Readonly<Record<ReportLanguage, ReportTexts>> = {
  en: {
    sender: 'Mail delivery',
    subject: { failed: 'Not delivered', delayed: 'Delayed' },
    opening: {
      failed: 'Your mail could not be delivered to this recipient.',
      delayed: 'Your mail has not been delivered to this recipient yet.',
    },
    recipient: 'Recipient',
    mailSubject: 'Subject',
    why: 'Why',
    reply: 'Answer of the other server',
    closing: {
      failed: 'It will not be tried again. The header of your mail is attached.',
      delayed: (until) => `You need not do anything: it is tried again until ${until}.`,
    },
    cancelled: 'the administrator ended the attempts',
    class: {
      badSyntax: 'the address or the mail is not of a form that the other server takes',
      noSuchUser: 'there is no such recipient',
      disabledUser: 'the mailbox of the recipient is disabled',
      quotaFull: 'the mailbox of the recipient is full',
      tooLarge: 'the mail is too large for the other server',
      tooManyRecipients: 'the mail has too many recipients for the other server',
      dnsFailure: 'no mail server was found for the domain of the recipient',
      portUnreachable: 'the mail server of the recipient cannot be reached',
      network: 'the connection to the mail server of the recipient broke',
      temporary: 'the mail server of the recipient does not take it for now',
      virus: 'the other server takes it for a virus',
      tlsOrOther: 'the other server refused it',
      spamPolicy: 'the other server refused it by its rules against unwanted mail',
    },
  },
  'zh-CN': {
    sender: '邮件投递',
    subject: { failed: '未能送达', delayed: '投递延迟' },
    opening: { failed: '您的邮件未能送达以下收件人。', delayed: '您的邮件尚未送达以下收件人。' },
    recipient: '收件人',
    mailSubject: '主题',
    why: '原因',
    reply: '对方服务器的答复',
    closing: {
      failed: '系统不会再次尝试。附件中有原邮件的邮件头。',
      delayed: (until) => `您无需操作，系统会继续尝试，直到 ${until}。`,
    },
    cancelled: '管理员终止了投递',
    class: {
      badSyntax: '地址或邮件的格式不被对方服务器接受',
      noSuchUser: '收件人不存在',
      disabledUser: '收件人的邮箱已停用',
      quotaFull: '收件人的邮箱已满',
      tooLarge: '邮件超过对方服务器允许的大小',
      tooManyRecipients: '收件人数超过对方服务器的限制',
      dnsFailure: '找不到收件人域名的邮件服务器',
      portUnreachable: '无法连接收件人的邮件服务器',
      network: '与收件人邮件服务器的连接中断',
      temporary: '收件人的邮件服务器暂时不接收',
      virus: '对方服务器认为邮件含有病毒',
      tlsOrOther: '对方服务器拒收',
      spamPolicy: '对方服务器按反垃圾邮件规则拒收',
    },
  },
  'zh-TW': {
    sender: '郵件投遞',
    subject: { failed: '未能送達', delayed: '投遞延遲' },
    opening: { failed: '您的郵件未能送達以下收件人。', delayed: '您的郵件尚未送達以下收件人。' },
    recipient: '收件人',
    mailSubject: '主旨',
    why: '原因',
    reply: '對方伺服器的答覆',
    closing: {
      failed: '系統不會再次嘗試。附件中有原郵件的信頭。',
      delayed: (until) => `您無需操作，系統會繼續嘗試，直到 ${until}。`,
    },
    cancelled: '管理員終止了投遞',
    class: {
      badSyntax: '位址或郵件的格式不被對方伺服器接受',
      noSuchUser: '收件人不存在',
      disabledUser: '收件人的信箱已停用',
      quotaFull: '收件人的信箱已滿',
      tooLarge: '郵件超過對方伺服器允許的大小',
      tooManyRecipients: '收件人數超過對方伺服器的限制',
      dnsFailure: '找不到收件人網域的郵件伺服器',
      portUnreachable: '無法連線到收件人的郵件伺服器',
      network: '與收件人郵件伺服器的連線中斷',
      temporary: '收件人的郵件伺服器暫時不接收',
      virus: '對方伺服器認為郵件含有病毒',
      tlsOrOther: '對方伺服器拒收',
      spamPolicy: '對方伺服器依反垃圾郵件規則拒收',
    },
  },
};

/**
 * The language that the header of somebody's mail names (Accept-Language, Content-Language: RFC 3282, its first tag
 * that is one of ours), or `fallback`. `values` stand in the order of preference.
 */
export function languageOf(values: readonly string[], fallback: ReportLanguage): ReportLanguage {
  for (const tag of values.flatMap((value) => value.split(','))) {
    const plain = tag.split(';')[0]!.trim().toLowerCase();
    if (/^zh-(?:tw|hk|mo|hant)\b/.test(plain)) return 'zh-TW';
    if (/^zh\b/.test(plain)) return 'zh-CN';
    if (/^en\b/.test(plain)) return 'en';
  }
  return fallback;
}
