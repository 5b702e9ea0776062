/** What people write about. */
import type { PersonName } from './people.ts';

export interface Topic {
  readonly subject: string;
  /** Whoever begins, who answers, and who else reads it. */
  readonly between: readonly [PersonName, PersonName, ...PersonName[]];
  /** By the two of them in turn. */
  readonly turns: readonly string[];
  readonly file?: TopicFile;
}

export interface TopicFile {
  readonly name: string;
  /** Lines of a CSV file. */
  readonly rows: readonly string[];
  /** Which mail of the conversation it comes with; the first where nothing is said. */
  readonly turn?: number;
}
