import type { AppendMessage } from './append-arguments.ts';
import type { ImapCommand } from './command.ts';
import type { OctetString } from './octet-string.ts';
import type { ParseFailure } from './parse-command.ts';

/** What comes out of a client's octets, in order. */
export type ReaderItem =
  | { readonly kind: 'command'; readonly tag: string; readonly command: ImapCommand }
  /** The client waits: send a continuation (`+ …`), the literal comes then. */
  | { readonly kind: 'continue' }
  | OfferedMessage
  /** Octets of the accepted message, as they arrive. */
  | { readonly kind: 'octets'; readonly octets: Uint8Array }
  | { readonly kind: 'message-end' }
  /** The APPEND is complete. */
  | { readonly kind: 'append-end'; readonly tag: string }
  /** A line that `expectLine` asked for, without its line end. */
  | { readonly kind: 'line'; readonly line: OctetString }
  /** Answer this; the reader goes on behind the command. */
  | ({ readonly kind: 'failure' } & ParseFailure)
  /** Say BYE with this text and close: where the next command begins can no longer be told. */
  | { readonly kind: 'fatal'; readonly text: string };

/** A message of APPEND is announced: answer with `acceptMessage` or `refuseMessage`. */
export interface OfferedMessage {
  readonly kind: 'message';
  readonly tag: string;
  readonly mailbox: OctetString;
  /** From 0; above it for a further message of the same APPEND (RFC 3502). */
  readonly ordinal: number;
  readonly message: AppendMessage;
}
