/** 谁看过谁的邮件 · 简体中文 */
import type { readersEn } from './en.ts';

const count = new Intl.NumberFormat('zh-CN');

export const readersZhCn: typeof readersEn = {
  accessOpened: '打开了邮箱',
  accessRead: (n) => `查看了 ${count.format(n)} 封邮件`,
  accessSearched: (query, n) => `搜索“${query}”，找到 ${count.format(n)} 封`,
  accessActed: '在邮箱中进行了操作',
  shownTraceMail: '查看了邮件流转',
  shownProveMail: '下载了邮件存证',
  itemsBody: '全文',
  itemsHeaders: '邮件头',
  itemsEnvelope: '发件人和主题',
  itemsOther: '仅列表',
  noAccesses: '没有其他人看过您的邮件',
  noAccessesNext: '一旦有人查看，这里就会显示。',
  shownOpenMail: '打开了邮件',
  because: (reason) => `理由：${reason}`,
  readers: '谁看过我的邮件',
  readersOfMail: '谁看过这封邮件',
  readersAbout: '除您之外看过您邮件的人：何人、何时、从何处、因何。规则保密的不在此列。',
  loadingReaders: '正在获取查看记录…',
  noReaders: '没有其他人看过这封邮件',
  allReaders: '查看全部邮件的记录',
  toReadMail: '打开邮件',
  moreReaders: '显示更多',
  shownSupervised: '监督查看了邮件',
  shownSupervisedList: '在监督列表中看到',
  shownHeld: '为审批查看了邮件',
  shownHeldList: '在审批列表中看到',
  shownLog: '查看了扣留与审批记录',
  shownElse: '查看了记录',
  askedByRule: (rules) => `依据规则：${rules}`,
  byDoor: (door, peer) => (peer === '' ? door : `${door}，来自 ${peer}`),
  doorHttp: '网页邮箱',
  timesSeen: (n) => `${count.format(n)} 次`,
};
