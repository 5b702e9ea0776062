/** Keys of the mail screen and of the desks. Pure but for what the event says. */
import type { Messages } from '../i18n/en.ts';

export type MailAct =
  | 'next'
  | 'previous'
  | 'open'
  | 'back'
  | 'archive'
  | 'delete'
  | 'select'
  | 'star'
  | 'read'
  | 'search'
  | 'write'
  | 'reply'
  | 'replyAll'
  | 'forward'
  | 'keys';

/** What keys do on every desk. */
export type DeskMove = 'next' | 'previous' | 'open' | 'back' | 'select';
export type DeskKey =
  | DeskMove
  | 'approve'
  | 'return'
  | 'inOrder'
  | 'objection'
  | 'escalated'
  | 'write'
  | 'keys';

export interface KeyLine<A> {
  readonly keys: readonly string[];
  readonly act: A;
  readonly word: { [K in keyof Messages]: Messages[K] extends string ? K : never }[keyof Messages];
}

export const keyTable: readonly KeyLine<MailAct>[] = [
  { keys: ['j'], act: 'next', word: 'keyNext' },
  { keys: ['k'], act: 'previous', word: 'keyPrevious' },
  { keys: ['Enter'], act: 'open', word: 'keyOpen' },
  { keys: ['u'], act: 'back', word: 'keyBack' },
  { keys: ['c'], act: 'write', word: 'keyWrite' },
  { keys: ['r'], act: 'reply', word: 'reply' },
  { keys: ['a'], act: 'replyAll', word: 'replyAll' },
  { keys: ['f'], act: 'forward', word: 'forward' },
  { keys: ['e'], act: 'archive', word: 'toArchive' },
  { keys: ['#', 'Delete'], act: 'delete', word: 'remove' },
  { keys: ['x'], act: 'select', word: 'keySelect' },
  { keys: ['s'], act: 'star', word: 'keyStar' },
  { keys: ['m'], act: 'read', word: 'markUnread' },
  { keys: ['/'], act: 'search', word: 'keySearch' },
  { keys: ['?'], act: 'keys', word: 'keyHelp' },
];

const moveKeys: readonly KeyLine<DeskKey>[] = [
  { keys: ['j'], act: 'next', word: 'keyNext' },
  { keys: ['k'], act: 'previous', word: 'keyPrevious' },
  { keys: ['Enter'], act: 'open', word: 'keyOpen' },
  { keys: ['u'], act: 'back', word: 'keyBack' },
  { keys: ['x'], act: 'select', word: 'keySelect' },
];
const otherKeys: readonly KeyLine<DeskKey>[] = [
  { keys: ['c'], act: 'write', word: 'keyWrite' },
  { keys: ['?'], act: 'keys', word: 'keyHelp' },
];

export const approvalKeyTable: readonly KeyLine<DeskKey>[] = [
  ...moveKeys,
  { keys: ['a'], act: 'approve', word: 'keyApprove' },
  { keys: ['r'], act: 'return', word: 'keyReturn' },
  ...otherKeys,
];

export const supervisionKeyTable: readonly KeyLine<DeskKey>[] = [
  ...moveKeys,
  { keys: ['a'], act: 'inOrder', word: 'keyInOrder' },
  { keys: ['o'], act: 'objection', word: 'keyObjection' },
  { keys: ['e'], act: 'escalated', word: 'keyEscalate' },
  ...otherKeys,
];

/** Null while somebody writes, composes characters, or means the browser; Enter on a button is the button's. */
export function actOfKey<A>(event: KeyboardEvent, table: readonly KeyLine<A>[]): A | null {
  const { key, isComposing, ctrlKey, metaKey, altKey } = event;
  if (event.defaultPrevented || isComposing || ctrlKey || metaKey || altKey) return null;
  const [target] = event.composedPath();
  const tag = target instanceof Element ? target.localName : '';
  if (['input', 'textarea', 'select'].includes(tag) && (target as HTMLInputElement).type !== 'checkbox')
    return null;
  if (key === 'Enter' && ['button', 'a', 'summary', 'input'].includes(tag)) return null;
  return table.find(({ keys }) => keys.includes(key))?.act ?? null;
}
