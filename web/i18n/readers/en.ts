/** Who saw whose mail, in English: said in the console and in webmail. */
const count = new Intl.NumberFormat('en');
const many = (n: number, one: string, more: string): string => `${count.format(n)} ${n === 1 ? one : more}`;

export const readersEn = {
  accessOpened: 'opened a mailbox',
  accessRead: (n: number) => `saw ${many(n, 'mail', 'mails')}`,
  accessSearched: (query: string, n: number) => `searched for “${query}”: ${count.format(n)} found`,
  accessActed: 'worked in a mailbox',
  shownTraceMail: 'looked at the way of a mail',
  shownProveMail: 'took the proof of a mail',
  itemsBody: 'in full',
  itemsHeaders: 'headers',
  itemsEnvelope: 'sender and subject',
  itemsOther: 'list only',
  noAccesses: 'Nobody else has seen your mail',
  noAccessesNext: 'As soon as somebody does, it is told here.',
  shownOpenMail: 'opened the mail',
  because: (reason: string) => `Reason: ${reason}`,
  readers: 'Who read my mail',
  readersOfMail: 'Who read this mail',
  readersAbout:
    'Whoever saw your mail besides you: who, when, by which door and why. What a rule seals is not told.',
  loadingReaders: 'Fetching who read it …',
  noReaders: 'Nobody else has read this mail',
  allReaders: 'Of all my mail',
  toReadMail: 'Open the mail',
  moreReaders: 'Show more',
  shownSupervised: 'supervised the mail',
  shownSupervisedList: 'saw it in the list of supervised mail',
  shownHeld: 'saw it to decide on it',
  shownHeldList: 'saw it in the list of held mail',
  shownLog: 'saw what was held and decided',
  shownElse: 'looked at records',
  askedByRule: (rules: string) => `By rule: ${rules}`,
  byDoor: (door: string, peer: string) => (peer === '' ? door : `${door}, from ${peer}`),
  doorHttp: 'webmail',
  timesSeen: (n: number) => `${count.format(n)} times`,
};
