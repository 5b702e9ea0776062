import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'node:test';
import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import { MailboxRebuild } from '../../projections/mailbox-rebuild.ts';
import type { MailboxModel } from '../../projections/mailboxes.ts';
import { killImage, restoreImage } from './kill-image.ts';
import { MailboxHouse } from './mailbox-house.ts';
import { MemoryLog } from './memory-log.ts';
import { randomCommand } from './random-mailstore-commands.ts';

export let folder: string;
export let log: MemoryLog;
export let house: MailboxHouse;
export const never = new AbortController().signal;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muniment-mailboxes-'));
  log = new MemoryLog();
  house = await MailboxHouse.open(log, folder);
});

afterEach(async () => {
  await house.close();
  rmSync(folder, { recursive: true });
});

export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await nextLoopTurn();
}

export async function reached(position: number): Promise<void> {
  while ((await house.projector.health()).position < position) await nextLoopTurn();
}

export async function restarted(): Promise<void> {
  await house.close();
  house = await MailboxHouse.open(log, folder);
}

/** What is in memory is lost, the file stays as it was last stored. */
export async function killed(): Promise<void> {
  const image = killImage(folder);
  await house.close();
  restoreImage(folder, image);
  house = await MailboxHouse.open(log, folder);
}

export async function rebuilt(): Promise<MailboxModel> {
  log.lockKeys();
  const rebuild = await MailboxRebuild.open(log, join(folder, 'rebuilt.sqlite'));
  await rebuild.to(log.position, never);
  return rebuild.model;
}

export async function runRandomly(
  accounts: readonly string[],
  random: () => number,
  commands: number,
): Promise<void> {
  for (let i = 0; i < commands; i++) {
    const account = accounts[Math.floor(random() * accounts.length)]!;
    await house.run(account, randomCommand(await house.mailstores.open(account), random));
    if (random() < 0.05) await house.mailstores.shrink(0);
    if (random() < 0.05) await house.projector.flush();
  }
}

/** Importers cannot assign. */
export function setHouse(next: MailboxHouse): void {
  house = next;
}
