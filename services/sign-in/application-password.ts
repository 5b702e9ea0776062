/**
 * Passwords of mail programs. The server makes them, of 140 random bits, so nobody finds one by trying and a fast hash
 * is verifier enough; a mail program that connects every minute costs no argon2id.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApplicationPasswords } from '../domain/application-passwords.ts';
import type { Uuid } from '../domain/values.ts';
import { base32, grouped, ungrouped } from './base32.ts';

/** Seven groups of four, 5 bits each. */
const letters = 28;
const octetsAtLeast = 18;

export interface MadePassword {
  /** As the person gets it, once. */
  readonly shown: string;
  readonly verifier: string;
}

export function makeApplicationPassword(): MadePassword {
  const text = base32(randomBytes(octetsAtLeast)).slice(0, letters);
  return { shown: grouped(text), verifier: verifierOf(text) };
}

/** Which of them it is, with or without its hyphens; null where it is none. */
export function fittingPassword(passwords: ApplicationPasswords, given: string): Uuid | null {
  const text = ungrouped(given.slice(0, 2 * letters));
  if (!/^[a-z2-7]{28}$/.test(text)) return null;
  const wanted = Buffer.from(verifierOf(text));
  for (const [id, { verifier }] of passwords) {
    if (verifier?.length === wanted.length && timingSafeEqual(Buffer.from(verifier), wanted)) return id;
  }
  return null;
}

function verifierOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
