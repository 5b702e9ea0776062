/**
 * Application passwords: each made for one mail program, so that the account's own password need not be given to it and
 * one program can be shut out without the others.
 */
import { defineEvents } from './event-type.ts';
import { type Decision, drafterOf, type FactOf, sealedText } from './fact.ts';
import { refuse } from './refusals.ts';
import type { Uuid } from './values.ts';

export const applicationPasswordEvents = defineEvents({
  ApplicationPasswordMade: {
    version: 1,
    means: 'A password for one mail program was made; it is good for mail and nothing else.',
    clear: { applicationPassword: 'uuid', at: 'time' },
    personal: { name: 'what the person calls the program', verifier: 'SHA-256 of the password, hex' },
  },
  ApplicationPasswordUsed: {
    version: 1,
    means: 'A program signed in with it: told once a day, the sessions say the rest.',
    clear: { applicationPassword: 'uuid', at: 'time' },
  },
  ApplicationPasswordRevoked: {
    version: 1,
    means: 'It is worth nothing any more, and its sessions end.',
    clear: { applicationPassword: 'uuid' },
  },
});

export interface ApplicationPassword {
  /** Null, like the verifier, once the account's key is destroyed. */
  readonly name: string | null;
  readonly verifier: string | null;
  readonly madeAtMs: number;
  /** To the day; null where it was never used. */
  readonly usedAtMs: number | null;
}

/** In the order in which they were made. */
export type ApplicationPasswords = Map<Uuid, ApplicationPassword>;

export type ApplicationPasswordCommand =
  | {
      readonly kind: 'makeApplicationPassword';
      readonly applicationPassword: Uuid;
      readonly name: string;
      readonly verifier: string;
      readonly nowMs: number;
    }
  | { readonly kind: 'useApplicationPassword'; readonly applicationPassword: Uuid; readonly nowMs: number }
  | { readonly kind: 'revokeApplicationPassword'; readonly applicationPassword: Uuid };

/** Each is compared with at every sign-in of a program. */
export const maxApplicationPasswords = 50;
const dayMs = 24 * 60 * 60 * 1000;

const draft = drafterOf(applicationPasswordEvents);

export function decideApplicationPassword(
  passwords: ApplicationPasswords,
  command: ApplicationPasswordCommand,
): Decision {
  const { applicationPassword } = command;
  if (command.kind === 'makeApplicationPassword') {
    const { name, verifier, nowMs } = command;
    if (passwords.size >= maxApplicationPasswords) return refuse('applicationPasswordLimit');
    return {
      events: [draft('ApplicationPasswordMade', { applicationPassword, at: nowMs }, { name, verifier })],
    };
  }
  const known = passwords.get(applicationPassword);
  if (!known) return refuse('applicationPasswordNotFound');
  if (command.kind === 'revokeApplicationPassword')
    return { events: [draft('ApplicationPasswordRevoked', { applicationPassword })] };
  if (known.usedAtMs !== null && dayOf(known.usedAtMs) === dayOf(command.nowMs)) return { events: [] };
  return { events: [draft('ApplicationPasswordUsed', { applicationPassword, at: command.nowMs })] };
}

function dayOf(atMs: number): number {
  return Math.floor(atMs / dayMs);
}

export function evolveApplicationPasswords(
  passwords: ApplicationPasswords,
  { type, data, personal }: FactOf<typeof applicationPasswordEvents>,
): void {
  const { applicationPassword } = data;
  switch (type) {
    case 'ApplicationPasswordMade':
      passwords.set(applicationPassword, {
        name: sealedText(personal, 'name'),
        verifier: sealedText(personal, 'verifier'),
        madeAtMs: data.at,
        usedAtMs: null,
      });
      break;
    case 'ApplicationPasswordUsed': {
      const known = passwords.get(applicationPassword);
      if (known) passwords.set(applicationPassword, { ...known, usedAtMs: data.at });
      break;
    }
    case 'ApplicationPasswordRevoked':
      passwords.delete(applicationPassword);
      break;
  }
}
