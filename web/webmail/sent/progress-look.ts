/** How each progress is shown: its picture, its colour, its word. */
import type { IconName } from '../../elements/icon.ts';
import type { Messages } from '../../i18n/en.ts';
import type { Progress } from './recipient-delivery.ts';

export const progressPicture: Readonly<Record<Progress, IconName>> = {
  delivered: 'check',
  handedOver: 'check',
  underway: 'sent',
  delayed: 'clock',
  held: 'hold',
  failed: 'junk',
  cancelled: 'close',
};

/** A class of the elements' sheets. */
export function toneOf(progress: Progress): 'good' | 'bad' | 'open' {
  if (progress === 'delivered' || progress === 'handedOver') return 'good';
  return progress === 'failed' || progress === 'cancelled' ? 'bad' : 'open';
}

export function progressWord(progress: Progress, words: Messages): string {
  const said: Readonly<Record<Progress, string>> = {
    delivered: words.progressDelivered,
    handedOver: words.progressHandedOver,
    underway: words.progressUnderway,
    delayed: words.progressDelayed,
    held: words.progressHeld,
    failed: words.progressFailed,
    cancelled: words.progressCancelled,
  };
  return said[progress];
}
