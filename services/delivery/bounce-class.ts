/** Sorts what a peer answered into the classes of TRK-09: by its words, then by its enhanced status, then by its code. Pure. */
import type { BounceClass } from '../domain/delivery-events.ts';

/** Words are the surest sign: many peers send one status for everything. The first that fits counts. */
const words: readonly (readonly [RegExp, BounceClass])[] = [
  [/virus|malware|infected|trojan|病毒/i, 'virus'],
  [
    /must issue a starttls|(?:tls|encryption) (?:is )?(?:required|needed)|requires? (?:tls|encryption)/i,
    'tlsOrOther',
  ],
  [/too many recipients|recipients? limit|收件人(?:数|过|太)/i, 'tooManyRecipients'],
  [
    /quota|mailbox (?:is |has been )?(?:full|exceeded)|insufficient (?:disk|storage)|(?:邮箱|空间).{0,4}(?:已?满|不足)/i,
    'quotaFull',
  ],
  [
    /too (?:large|big)|(?:message|mail) size|size (?:limit|exceed)|exceeds? .{0,30}size|邮件(?:过大|太大|大小)/i,
    'tooLarge',
  ],
  [
    /(?:account|mailbox|user|recipient).{0,20}\b(?:disabled|suspended|inactive|locked|frozen)|停用|冻结|禁用/i,
    'disabledUser',
  ],
  [
    /(?:user|recipient|mailbox|address|account).{0,20}(?:unknown|not found|not exist|doesn't exist|does not exist|invalid)|(?:unknown|no such|invalid) (?:user|recipient|mailbox|address|account)|nobody (?:here )?by that name|(?:用户|账号|帐号|收件人|邮箱).{0,6}不存在/i,
    'noSuchUser',
  ],
  [/gr[ae]y-?list|(?:try again|come back) later/i, 'temporary'],
  [
    /spam|block ?list|black ?list|dnsbl|\brbl\b|spamhaus|reputation|reverse dns|\bptr\b|\brdns\b|\bspf\b|\bdkim\b|\bdmarc\b|policy|垃圾邮件/i,
    'spamPolicy',
  ],
];

/** RFC 3463 and the registry behind it, without the first digit. */
const statuses: Readonly<Record<string, BounceClass>> = {
  '1.1': 'noSuchUser',
  '1.2': 'dnsFailure',
  '1.3': 'badSyntax',
  '1.6': 'noSuchUser',
  '1.10': 'dnsFailure',
  '2.1': 'disabledUser',
  '2.2': 'quotaFull',
  '2.3': 'tooLarge',
  '3.4': 'tooLarge',
  '4.1': 'network',
  '4.2': 'network',
  '4.3': 'dnsFailure',
  '4.4': 'dnsFailure',
  '5.1': 'badSyntax',
  '5.2': 'badSyntax',
  '5.3': 'tooManyRecipients',
  '5.4': 'badSyntax',
  '7.1': 'spamPolicy',
  '7.10': 'tlsOrOther',
  '7.11': 'tlsOrOther',
  '7.20': 'spamPolicy',
  '7.23': 'spamPolicy',
  '7.25': 'spamPolicy',
  '7.26': 'spamPolicy',
};

/** `text` as the peer sent it, reply code and enhanced status included. */
export function classifyReply(code: number, text: string): BounceClass {
  // Addresses are nobody's reason, whatever words they hold.
  const said = text.replace(/<[^<>]*>/g, '');
  const byWords = words.find(
    ([pattern, found]) => pattern.test(said) && !(found === 'temporary' && code >= 500),
  );
  if (byWords) return byWords[1];
  const status = /\b[245]\.(\d{1,3}\.\d{1,3})\b/.exec(said)?.[1];
  const byStatus = status === undefined ? undefined : statuses[status];
  return byStatus ?? byCode(code);
}

function byCode(code: number): BounceClass {
  if (code >= 500 && code <= 504) return 'badSyntax';
  if (code === 555) return 'badSyntax';
  if (code === 551) return 'noSuchUser';
  return code >= 400 && code < 500 ? 'temporary' : 'tlsOrOther';
}
