/** Texts out of personal parts, and the form in which they are searched. */
import type { JsonValue, LoggedEvent } from '../services/domain/event.ts';
import { sealedText } from '../services/domain/fact.ts';

/** A member of the personal part; empty where its key has been destroyed. */
export function personalText({ personal }: LoggedEvent, member: string): string {
  return sealedText(personal, member) ?? '';
}

/** One text or a list of them in the personal part; empty where its key has been destroyed. */
export function personalTexts({ personal }: LoggedEvent, member: string): readonly string[] {
  const value: JsonValue | undefined = personal?.[member];
  const list = Array.isArray(value) ? value : [value];
  return list.filter((each) => typeof each === 'string');
}

/** Full and half width, upper and lower case are one when somebody searches. */
export function searchForm(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
