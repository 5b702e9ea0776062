import type { OctetString } from './octet-string.ts';

/** `{n}`, `{n+}` or `~{n}` at the end of a line (RFC 9051 §4.3, RFC 7888). */
export interface LiteralAnnouncement {
  readonly octets: number;
  /** True for `{n}`: the client waits for the server's continuation before it sends. */
  readonly synchronising: boolean;
  /** `~{n}` (literal8): may hold NUL. */
  readonly binary: boolean;
}

/** The longest announcement with its line end, rounded up. */
export const maxAnnouncementOctets = 32;

const announcementPattern = /(~?)\{([0-9]{1,20})(\+?)\}$/;

/** Takes a literal's announcement off the end of a line without its line end; null where none stands. */
export function splitAnnouncement(
  line: OctetString,
): { before: OctetString; announced: LiteralAnnouncement } | null {
  if (!line.endsWith('}')) return null;
  const found = announcementPattern.exec(line.slice(-maxAnnouncementOctets));
  if (found === null) return null;
  const before = line.slice(0, line.length - found[0].length);
  return {
    before,
    announced: { octets: Number(found[2]), synchronising: found[3] === '', binary: found[1] === '~' },
  };
}
