/** Bounds of what one command may hold. Beyond them a command is refused; it never grows memory. */
export const commandLimits = {
  /** All lines of one command together, without its literals. RFC 7162 §4 asks for at least 8,192. */
  maxLineOctets: 64 * 1024,
  /** All literals of one command together; a message of APPEND is streamed and does not count. */
  maxLiteralOctets: 64 * 1024,
  /** RFC 7888 §5 (LITERAL-): more than this must wait for the server's continuation. */
  maxUnsynchronisedLiteralOctets: 4096,
  /** The message of an APPEND is passed on as it comes and never gathers here; programs that know LITERAL+ only don't wait. */
  maxUnsynchronisedMessageOctets: 64 * 1024 * 1024,
  /** What is read and dropped of a refused command before the connection is given up. */
  maxSkippedOctets: 1024 * 1024,
  /** Nested parentheses, NOTs and ORs of one SEARCH. */
  maxSearchDepth: 200,
  /** Numbers of one body part path, as in `BODY[1.2.3]`. */
  maxPartDepth: 100,
  /** RFC 2971 §3.3. */
  maxIdFields: 30,
} as const;

/** Largest number of RFC 9051 `number` and `nz-number`. */
export const maxNumber = 0xffff_ffff;
