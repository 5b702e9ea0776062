/** What rules want to be read of a mail before they judge it, and where they look. */
import type { CompiledRule } from './compile-rule.ts';
import type { Test } from './rule-conditions.ts';

/** What of a mail the rules look at beside its facts: reading it costs time. */
export interface WantedTexts {
  readonly body: boolean;
  readonly attachments: boolean;
  readonly attachmentTypes: boolean;
  /** Of messages inside the mail; those of the mail itself are facts. */
  readonly attachmentNames: boolean;
  readonly protection: boolean;
  /** Names of header fields, in lower case. */
  readonly headers: readonly string[];
}

/** Places as rules name them, at which a rule looks; those of header fields in lower case. */
export function placesOf({ tests }: CompiledRule): string[] {
  return [...new Set(tests.flatMap(placesOfTest))];
}

function placesOfTest(test: Test): readonly string[] {
  if (test.test === 'header') return [`header:${test.name}`.toLowerCase()];
  if (test.test !== 'text' && test.test !== 'numbers') return [];
  return test.in.map((place) => (place.startsWith('header:') ? place.toLowerCase() : place));
}

export function wantedBy(rules: readonly CompiledRule[]): WantedTexts {
  const places = new Set(rules.flatMap(placesOf));
  const tests = new Set(rules.flatMap(({ tests }) => tests.map(({ test }) => test)));
  const headers = [...places].filter((place) => place.startsWith('header:'));
  return {
    body: places.has('body'),
    attachments: places.has('attachments'),
    attachmentTypes: tests.has('attachmentType'),
    attachmentNames: places.has('attachmentNames') || tests.has('attachmentName'),
    protection: tests.has('protection'),
    headers: headers.map((place) => place.slice('header:'.length)),
  };
}
