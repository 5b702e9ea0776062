/** 寄件去向 · 繁體中文 */
import type { sentEn } from './en.ts';

export const sentZhTw: typeof sentEn = {
  whereItIs: '投遞狀態',
  progressDelivered: '已進入信箱',
  progressHandedOver: '對方已接收',
  progressUnderway: '投遞中',
  progressDelayed: '延後重試',
  progressHeld: '已扣留',
  progressFailed: '未送達',
  progressCancelled: '已取消',
  moreRecipients: (n) => `再顯示 ${n} 人`,
  when: '時間',
  where: '位置',
  inMailboxHere: '本伺服器的信箱',
  peerReply: '對方伺服器回覆',
  encryption: '傳輸加密',
  notEncrypted: '未加密',
  certificateChecked: '憑證已驗證',
  certificateUnchecked: '憑證未驗證',
  attempts: '嘗試次數',
  nextAttempt: '下次嘗試',
  note: '說明',
  mayBeTwice: '連線在最後一步中斷，對方可能收到兩份。',
};
