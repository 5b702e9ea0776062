/** 已发送邮件的去向 · 简体中文 */
import type { sentEn } from './en.ts';

export const sentZhCn: typeof sentEn = {
  whereItIs: '投递状态',
  progressDelivered: '已进入邮箱',
  progressHandedOver: '对方已接收',
  progressUnderway: '投递中',
  progressDelayed: '延迟重试',
  progressHeld: '已扣留',
  progressFailed: '未送达',
  progressCancelled: '已取消',
  moreRecipients: (n) => `再显示 ${n} 人`,
  when: '时间',
  where: '位置',
  inMailboxHere: '本服务器的邮箱',
  peerReply: '对方服务器答复',
  encryption: '传输加密',
  notEncrypted: '未加密',
  certificateChecked: '证书已验证',
  certificateUnchecked: '证书未验证',
  attempts: '尝试次数',
  nextAttempt: '下次尝试',
  note: '说明',
  mayBeTwice: '连接在最后一步中断，对方可能收到两份。',
};
