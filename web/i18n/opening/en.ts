/** Opening a mail of others with a reason, in English. */
export const openingEn = {
  openMail: 'Open this mail',
  openMailAbout:
    'The reason is recorded before anything is shown. Those whose mail it is see your name and the reason.',
  openMailReason: 'Reason',
  openMailNow: 'Record and open',
  openMailHint: 'Why you have to read it, for example an audit or a complaint.',
  openedMail: 'The mail',
  openedRecorded: 'It is recorded that you have opened this mail.',
  takeMail: 'Download the mail',
};
