/**
 * Recovery codes: for whoever has lost the device that makes the codes. They are short enough to be typed from paper, so
 * they are kept as slow verifiers like passwords.
 */
import { randomBytes } from 'node:crypto';
import { base32, grouped, ungrouped } from './base32.ts';
import { type Argon2Cost, argon2Cost, makeVerifier, verifyPassword } from './passwords.ts';

const recoveryCodes = 10;
/** 60 bits: twelve letters in three groups. */
const letters = 12;
const octetsAtLeast = 8;

export interface RecoveryCodes {
  /** As the person gets them, once. */
  readonly shown: readonly string[];
  readonly verifiers: readonly string[];
}

export async function makeRecoveryCodes(cost: Argon2Cost = argon2Cost): Promise<RecoveryCodes> {
  const codes = Array.from({ length: recoveryCodes }, () =>
    base32(randomBytes(octetsAtLeast)).slice(0, letters),
  );
  const verifiers: string[] = [];
  // One after the other: each takes a core and 19 MiB.
  for (const code of codes) verifiers.push(await makeVerifier(code, cost));
  return { shown: codes.map(grouped), verifiers };
}

export function isRecoveryCode(typed: string): boolean {
  return /^[a-z2-7]{12}$/.test(ungrouped(typed));
}

/** The verifier that a code fits; null where it fits none that is left. */
export async function fittingVerifier(
  verifiers: readonly (string | null)[],
  typed: string,
): Promise<string | null> {
  for (const verifier of verifiers) {
    if (verifier !== null && (await verifyPassword(verifier, ungrouped(typed)))) return verifier;
  }
  return null;
}
