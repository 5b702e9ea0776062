/** The server's copy of a draft. A mail never changes: each saving makes a new one and removes the one before. */
import type { Email, Mailbox } from '../email.ts';
import type { Answer, Jmap } from '../jmap.ts';
import type { Identity } from './answer.ts';
import type { Draft, DraftFile } from './draft.ts';
import { emailOfDraft, filesKeptIn } from './draft-email.ts';
import type { SetErrorObject } from './submission-fault.ts';

export class NotKept extends Error {
  override readonly name = 'NotKept';
  readonly reason: SetErrorObject;

  constructor(reason: SetErrorObject) {
    super(reason.type);
    this.reason = reason;
  }
}

export interface KeptCopy {
  readonly emailId: string;
  readonly files: readonly DraftFile[];
}

/** Throws `NotKept`, `JmapFailure`. */
export async function keepDraft(
  jmap: Jmap,
  draft: Draft,
  identity: Identity,
  drafts: Mailbox,
): Promise<KeptCopy> {
  const made = await jmap.call('Email/set', { create: { draft: emailOfDraft(draft, identity, drafts.id) } });
  const emailId = createdId(made);
  // Only now: had the making failed, the copy before would be gone for nothing.
  if (draft.emailId !== null) await jmap.call('Email/set', { destroy: [draft.emailId] });
  if (draft.files.length === 0) return { emailId, files: draft.files };
  const got = await jmap.call('Email/get', { ids: [emailId], properties: ['attachments'] });
  const [mail] = got['list'] as Pick<Email, 'attachments'>[];
  return { emailId, files: mail ? filesKeptIn(mail, draft.files) : draft.files };
}

function createdId({ created, notCreated }: Answer): string {
  const id = (created as Readonly<Record<string, { id: string }>> | null)?.['draft']?.id;
  if (id !== undefined) return id;
  throw new NotKept((notCreated as Readonly<Record<string, SetErrorObject>>)['draft']!);
}
