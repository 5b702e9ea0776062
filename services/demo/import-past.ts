/** Brings letters into mailboxes as an administrator brings old mail: imported, each copy under the date that it says. */
import { createHash } from 'node:crypto';
import { ask } from '../../policies/access.ts';
import { systemFlags } from '../domain/flags.ts';
import { isRefusal } from '../domain/refusals.ts';
import { type Uuid, uuidV8 } from '../domain/values.ts';
import type { RunningServices } from '../start/services.ts';
import { letterOctets } from './letter-octets.ts';
import type { Letter } from './past.ts';
import { type PersonName, personOf } from './people.ts';

export type ImportingHouse = Pick<RunningServices, 'house' | 'intake'>;

/** One mailbox's copy of a letter. */
export interface Copy {
  readonly letter: Letter;
  readonly owner: PersonName;
  readonly role: 'inbox' | 'sent';
}

/** What is younger may be unread. */
const unreadForMs = 3 * 86_400_000;

export function copiesOf(letter: Letter): Copy[] {
  const received = letter.to.map((owner): Copy => ({ letter, owner, role: 'inbox' }));
  return [{ letter, owner: letter.from, role: 'sent' }, ...received];
}

export async function hasCopy({ house }: ImportingHouse, copy: Copy): Promise<boolean> {
  return (await house.prepared.first(`message-${idOf(copy)}`)) !== null;
}

/** Nothing where it is there already. */
export async function importCopy(to: ImportingHouse, copy: Copy, nowMs: number): Promise<void> {
  if (await hasCopy(to, copy)) return;
  const { house, intake } = to;
  const { letter, owner } = copy;
  const { address } = personOf(owner);
  const account = await house.administration.accountOf(address);
  const permit = ask({ kind: 'operator' }, 'operate', { owner: null });
  if (isRefusal(permit)) throw new Error('the operator may not import');
  const arrival = intake.begin(permit);
  for await (const chunk of letterOctets(letter)) await arrival.write(chunk);
  const accepted = await arrival.finish({
    source: 'import',
    message: idOf(copy),
    returnPath: personOf(letter.from).address,
    recipients: [{ account, address }],
    submitterAddress: null,
    peer: { address: '127.0.0.1', helo: '', with: '', tls: null },
    mailbox: await mailboxOf(to, account, copy.role),
    flags: flagsOf(copy, nowMs),
    internalDateMs: letter.atMs,
    normalised: false,
  });
  if (isRefusal(accepted)) throw new Error(`an invented mail was refused: ${accepted.refused}`);
}

async function mailboxOf({ house }: ImportingHouse, account: Uuid, role: Copy['role']): Promise<Uuid> {
  const { mailboxes } = await house.mailstores.open(account);
  return [...mailboxes.values()].find((mailbox) => mailbox.role === role)!.id;
}

function flagsOf({ letter, role }: Copy, nowMs: number): number {
  const { chance, isAnswered, atMs } = letter;
  const isUnread = role === 'inbox' && !isAnswered && nowMs - atMs < unreadForMs;
  const names = [
    ...(isUnread ? [] : ['\\Seen']),
    ...(role === 'inbox' && isAnswered ? ['\\Answered'] : []),
    ...(role === 'inbox' && chance < 0.06 ? ['\\Flagged'] : []),
  ];
  return names.reduce((bits, name) => bits + 2 ** (systemFlags as readonly string[]).indexOf(name), 0);
}

function idOf({ letter, owner, role }: Copy): Uuid {
  return uuidV8(createHash('sha256').update(`demonstration ${letter.key} ${owner} ${role}`).digest());
}
