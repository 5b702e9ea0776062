/**
 * What rules want changed in a mail before it goes on: tags in front of its subject, texts below what was written. Pure.
 * Everybody gets the same octets: what a rule changes for one recipient it changes for all.
 */
import type { Uuid } from '../services/domain/values.ts';
import type { Verdict } from './rule-language/verdict.ts';

/** What one rule asks for. */
export interface WantedChange {
  readonly rule: Uuid;
  readonly version: number;
  readonly action: 'tagSubject' | 'appendDisclaimer';
  readonly text: string;
}

/** Of several rules that want the same the first one asks. */
export function wantedChanges({ parts }: Verdict): WantedChange[] {
  const wanted = new Map<string, WantedChange>();
  for (const { rule, version, actions } of parts) {
    for (const action of actions) {
      if (action.do !== 'tagSubject' && action.do !== 'appendDisclaimer') continue;
      const text = action.do === 'tagSubject' ? action.tag : action.text;
      const key = `${action.do} ${text}`;
      if (!wanted.has(key)) wanted.set(key, { rule, version, action: action.do, text });
    }
  }
  return [...wanted.values()];
}
