/** 誰看過誰的郵件 · 繁體中文 */
import type { readersEn } from './en.ts';

const count = new Intl.NumberFormat('zh-TW');

export const readersZhTw: typeof readersEn = {
  accessOpened: '開啟了信箱',
  accessRead: (n) => `檢視了 ${count.format(n)} 封郵件`,
  accessSearched: (query, n) => `搜尋「${query}」，找到 ${count.format(n)} 封`,
  accessActed: '在信箱中進行了操作',
  shownTraceMail: '檢視了郵件流轉',
  shownProveMail: '下載了郵件存證',
  itemsBody: '全文',
  itemsHeaders: '郵件標頭',
  itemsEnvelope: '寄件者和主旨',
  itemsOther: '僅清單',
  noAccesses: '沒有其他人看過您的郵件',
  noAccessesNext: '一旦有人檢視，這裡就會顯示。',
  shownOpenMail: '開啟了郵件',
  because: (reason) => `理由：${reason}`,
  readers: '誰看過我的郵件',
  readersOfMail: '誰看過這封郵件',
  readersAbout: '除您之外看過您郵件的人：何人、何時、從何處、因何。規則保密的不在此列。',
  loadingReaders: '正在取得查看記錄…',
  noReaders: '沒有其他人看過這封郵件',
  allReaders: '查看全部郵件的記錄',
  toReadMail: '開啟郵件',
  moreReaders: '顯示更多',
  shownSupervised: '監督查看了郵件',
  shownSupervisedList: '在監督清單中看到',
  shownHeld: '為審批查看了郵件',
  shownHeldList: '在審批清單中看到',
  shownLog: '查看了扣留與審批記錄',
  shownElse: '查看了記錄',
  askedByRule: (rules) => `依據規則：${rules}`,
  byDoor: (door, peer) => (peer === '' ? door : `${door}，來自 ${peer}`),
  doorHttp: '網頁信箱',
  timesSeen: (n) => `${count.format(n)} 次`,
};
