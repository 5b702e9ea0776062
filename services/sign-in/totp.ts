/** Codes by time: TOTP (RFC 6238) over HOTP (RFC 4226), with what every authenticator program knows. Pure. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { base32 } from './base32.ts';

/** RFC 6238 §5.2 recommends 30 seconds. */
const stepMs = 30_000;
const digits = 6;
/** Steps before and after that of now: clocks differ, and typing takes a while (RFC 6238 §5.2, §6). */
const windowSteps = 1;
/** RFC 4226 §4 R6 recommends 160 bits. */
export const secretOctets = 20;

/** RFC 4226 §5.3, §5.4. */
export function codeOf(secret: Uint8Array, counter: number, length = digits): string {
  const moving = Buffer.alloc(8);
  moving.writeBigUInt64BE(BigInt(counter));
  const hash = createHmac('sha1', secret).update(moving).digest();
  const offset = hash.at(-1)! & 0x0f;
  const number = hash.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** length).padStart(length, '0');
}

/** RFC 6238 §4.2: T, with T0 = 0. */
export function stepOf(nowMs: number): number {
  return Math.floor(nowMs / stepMs);
}

export function isCode(typed: string): boolean {
  return /^\d{6}$/.test(typed);
}

/** The step whose code it is; null where it is that of none near now. All are compared, so that the time tells nothing. */
export function stepOfCode(secret: Uint8Array, code: string, nowMs: number): number | null {
  if (!isCode(code)) return null;
  const now = stepOf(nowMs);
  let found: number | null = null;
  for (let step = Math.max(0, now - windowSteps); step <= now + windowSteps; step++) {
    if (timingSafeEqual(Buffer.from(codeOf(secret, step)), Buffer.from(code))) found = step;
  }
  return found;
}

/** What a QR code holds for an authenticator program (the key URI format that all of them read). */
export function keyUri(secret: Uint8Array, issuer: string, address: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(address)}`;
  return `otpauth://totp/${label}?secret=${base32(secret).toUpperCase()}&issuer=${encodeURIComponent(issuer)}`;
}
