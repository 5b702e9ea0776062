/** A rule as a form has it, and as JSON: what a form can show, and what it makes. Pure. */

export interface RuleForm {
  readonly name: string;
  readonly reason: string;
  readonly owner: string;
  readonly direction: '' | 'sent' | 'received';
  readonly traffic: '' | 'internal' | 'external';
  readonly words: readonly string[];
  readonly places: readonly string[];
  readonly action: 'refuse' | 'deliver';
  readonly refuseText: string;
}

export const wordPlaces = ['subject', 'body', 'attachments'] as const;

export function emptyForm(owner: string): RuleForm {
  return {
    name: '',
    reason: '',
    owner,
    direction: 'sent',
    traffic: 'external',
    words: [],
    places: [...wordPlaces],
    action: 'refuse',
    refuseText: '',
  };
}

export function jsonOf(form: RuleForm): string {
  const { name, reason, owner, direction, traffic, words, places, action, refuseText } = form;
  const scope = { ...(direction && { direction }), ...(traffic && { traffic }) };
  const when = { test: 'text', in: places, words };
  const actions = [action === 'refuse' ? { do: 'refuse', text: refuseText } : { do: 'deliver' }];
  return JSON.stringify({ name, reason, owner, scope, when, actions }, null, 2);
}

/** Null where the rule says more than a form can show. */
export function formOf(text: string): RuleForm | null {
  try {
    const { name, reason, owner, scope, when, actions } = JSON.parse(text);
    const form: RuleForm = {
      name,
      reason,
      owner,
      direction: scope?.direction ?? '',
      traffic: scope?.traffic ?? '',
      words: when.words,
      places: when.in,
      action: actions[0].do,
      refuseText: actions[0].text ?? '',
    };
    return sorted(JSON.parse(jsonOf(form))) === sorted(JSON.parse(text)) ? form : null;
  } catch {
    return null;
  }
}

/** The same for two values that differ in the order of their members alone. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
