/** What the structure scan finds: the tree of parts with their places in the blob. Offsets count octets from 0. */
import type { ContentFields } from './content-fields.ts';

export interface MailPart {
  /**
   * `multipart`: has body parts as children (none where its boundary never stood). `message`: one child, the
   * message that its body is. `leaf`: everything else, also a multipart or message beyond the scan's limits.
   */
  readonly kind: 'multipart' | 'message' | 'leaf';
  /** First octet of the part's header; for the child of a `message`, of the inner message's header. */
  readonly headerStart: number;
  /** End of the header, its blank line within, and start of the body. */
  readonly bodyStart: number;
  /** End of the body (exclusive); the line end before a delimiter line is no part of the body (RFC 2046 §5.1.1). */
  readonly bodyEnd: number;
  /** Line feeds in the body. */
  readonly bodyLines: number;
  readonly content: ContentFields;
  /** ENVELOPE as IMAP text (octets in Latin-1) where the part is itself a message: the root, and a `message`'s child. */
  readonly envelope: string | null;
  readonly children: readonly MailPart[];
}

export interface ScannedStructure {
  readonly root: MailPart;
  /** Octets of the whole blob. */
  readonly octets: number;
  /** The header of the message as it stands, blank line within, cut at the scan's limit; octets in Latin-1. */
  readonly headerText: string;
}
