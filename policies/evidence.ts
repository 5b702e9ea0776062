/**
 * What of the evidence of one message the asker may see (design §4 "Message"). Pure.
 *
 * Who may have evidence of anybody's mail sees all of it: the mail, what was decided about it, what became of it
 * elsewhere. So does who handed it in, but for what rules seal. Who got it sees the mail's part, and of its recipients
 * no others than themselves.
 */
import type { LoggedEvent } from '../services/domain/event.ts';
import { type Refusal, refuse } from '../services/domain/refusals.ts';
import type { Uuid } from '../services/domain/values.ts';
import { may, type Subject } from './access.ts';

/** What was accepted, what rules made of it, and with which signatures it left. */
const mailsPart: ReadonlySet<string> = new Set([
  'MessageAccepted',
  'MailDerived',
  'ChangeOmitted',
  'MailSigned',
]);

type MessageEvent = Pick<LoggedEvent, 'type' | 'data'>;

/** Says of each event of the message whether its personal part is shown; the refusal, where the asker gets nothing. */
export function evidenceFor(
  asker: Subject,
  events: readonly MessageEvent[],
): ((event: MessageEvent) => boolean) | Refusal {
  const mayFor = (owner: Uuid | null): boolean => may(asker, 'proveMail', { owner });
  if (mayFor(null)) return () => true;
  const submitters = events.flatMap(submitterOf);
  if (submitters.some(mayFor)) return isForSubmitter;
  if (!events.flatMap(recipientsOf).some(mayFor)) return refuse('notPermitted');
  // What else is told of a mail (to whom it was submitted, for whom it was held) names its other recipients.
  return (event) =>
    mailsPart.has(event.type) || (event.type === 'RecipientsResolved' && recipientsOf(event).every(mayFor));
}

/** Why somebody looks at it under seal, and why reviewers take turns, is not for whose mail it is. */
function isForSubmitter({ type, data }: MessageEvent): boolean {
  return type !== 'ReviewerReplaced' && (type !== 'SupervisionRequired' || !data['sealed']);
}

function submitterOf({ type, data }: MessageEvent): Uuid[] {
  return type === 'MessageAccepted' && data['submitter'] !== null ? [data['submitter'] as Uuid] : [];
}

/** Accounts here, and the nil UUID for each address elsewhere, which is nobody's own. */
function recipientsOf({ type, data }: MessageEvent): Uuid[] {
  return type === 'RecipientsResolved' ? (data['accounts'] as Uuid[]) : [];
}
