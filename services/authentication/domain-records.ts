/** What a domain's DNS should say, so that its mail arrives here and is believed elsewhere. Pure. */
import type { DkimRecord } from './dkim-records.ts';

export interface DomainRecord {
  readonly purpose: 'mx' | 'spf' | 'dkim' | 'dmarc';
  /** Without a final dot. */
  readonly name: string;
  readonly type: 'MX' | 'TXT';
  readonly value: string;
}

/** `hostname`: that of this server (RFC 5321 §5.1, RFC 7208 §4.5, RFC 7489 §6.1). */
export function domainRecords(domain: string, hostname: string, dkim: readonly DkimRecord[]): DomainRecord[] {
  return [
    { purpose: 'mx', name: domain, type: 'MX', value: `10 ${hostname}.` },
    { purpose: 'spf', name: domain, type: 'TXT', value: 'v=spf1 mx -all' },
    ...dkim.map(({ name, text }) => ({ purpose: 'dkim', name, type: 'TXT', value: text }) as const),
    {
      purpose: 'dmarc',
      name: `_dmarc.${domain}`,
      type: 'TXT',
      value: `v=DMARC1; p=quarantine; rua=mailto:postmaster@${domain}`,
    },
  ];
}
