/** 憑理由開啟他人郵件，繁體中文 */
import type { openingEn } from './en.ts';

export const openingZhTw: typeof openingEn = {
  openMail: '開啟郵件',
  openMailAbout: '理由先行記錄，之後才顯示內容。郵件當事人可以看到您的姓名和理由。',
  openMailReason: '理由',
  openMailNow: '記錄並開啟',
  openMailHint: '說明為何需要查閱，例如稽核或申訴。',
  openedMail: '郵件內容',
  openedRecorded: '您開啟此郵件一事已記錄。',
  takeMail: '下載郵件',
};
