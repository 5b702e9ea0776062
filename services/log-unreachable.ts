/** The log is kept elsewhere and does not answer at the start. Nothing was changed. */
export class LogUnreachable extends Error {
  override readonly name = 'LogUnreachable';

  /** `why`: what the client said, where it says nothing that is secret. */
  constructor(url: string, waitedMs: number, why: string) {
    super(
      `The event store at ${withoutPassword(url)} (MUNIMENT_EVENT_STORE_URL) does not answer (${why}, waited ${waitedMs / 1000} s): ` +
        'start it, or correct the address, and start again; nothing was changed.',
    );
  }
}

/** Of `scheme://user:password@host…`; whatever stands before an `@` may be one. */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^/?]*@/i, '$1…@');
}
