/** What opening the volumes found and mended, in words: into the server's log, and before a verification here. */

import type { Recovery } from '../blob-store/volume-recovery.ts';
import { counted } from '../counted.ts';
import type { Log } from '../log.ts';

export interface RecoveryNote {
  readonly severity: 'info' | 'warn' | 'error';
  readonly text: string;
}

export function recoveryNotes(recovery: Recovery | null): RecoveryNote[] {
  if (recovery === null) return [];
  const { damages, dropped, cutOctets } = recovery;
  return [
    ...damages.map(({ file, offset, octets, reason }) => {
      const text = `${file} is damaged at octet ${offset}, ${counted(octets, 'octet')}: ${reason}; muniment verify names the mails`;
      return { severity: 'error' as const, text };
    }),
    ...dropped.map(({ file, reason }) => {
      const text = `${file} was damaged (${reason}) and is made anew from the volumes`;
      return { severity: 'warn' as const, text };
    }),
    ...(cutOctets > 0 ? [{ severity: 'info' as const, text: cutText(cutOctets) }] : []),
  ];
}

function cutText(octets: number): string {
  return `${counted(octets, 'octet')} at the end of the last volume ${octets === 1 ? 'was' : 'were'} cut: no event names them, as after a crash or a refused mail`;
}

export function reportRecovery(log: Log, recovery: Recovery | null): void {
  for (const { severity, text } of recoveryNotes(recovery)) log[severity](text);
}
