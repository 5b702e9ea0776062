/** What the main thread and the reader of texts say to each other: one mail at a time. */
import type { SealedFrame } from '../blob-store/blob-store.ts';
import type { AttachmentFact } from '../mail/facts.ts';
import type { MailTexts, WantedTexts } from '../mail/mail-texts.ts';

export interface TextRequest {
  readonly frame: string;
  readonly content: SealedFrame['content'];
  readonly frameKey: Uint8Array;
  /** Structure facts in the clear. */
  readonly structure: Uint8Array;
  readonly attachments: readonly AttachmentFact[];
  readonly wanted: WantedTexts;
}

/** Null where it failed. */
export type TextReply = MailTexts | null;
