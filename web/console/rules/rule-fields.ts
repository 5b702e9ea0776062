/**
 * What the form of a rule asks for: every member of the language, by what it belongs to. `test/web/rule-fields.test.ts` holds
 * it against the language's own schema. Pure.
 */

export interface RuleField {
  readonly name: string;
  readonly kind:
    | 'line'
    | 'prose'
    | 'lines'
    | 'people'
    | 'reviewer'
    | 'number'
    | 'choice'
    | 'choices'
    | 'places'
    | 'clock'
    | 'instant';
  /** Of `choice` and `choices`; of `people` who else than addresses it may be. */
  readonly options?: readonly string[];
  /** Otherwise it is left out where it is empty. */
  readonly isRequired?: true;
}

const required = { isRequired: true } as const;
const offices = ['leader', 'role:administrator', 'role:auditor', 'role:supervisor'] as const;
export const reviewingOffices: readonly string[] = offices;
export const textPlaces = ['subject', 'body', 'attachments', 'attachmentNames'] as const;

export const headFields: readonly RuleField[] = [
  { name: 'name', kind: 'line', ...required },
  { name: 'owner', kind: 'line', ...required },
  { name: 'reason', kind: 'prose', ...required },
  { name: 'start', kind: 'instant' },
  { name: 'end', kind: 'instant' },
  { name: 'undecidable', kind: 'choice', options: ['hold', 'deliver'] },
];

export const scopeFields: readonly RuleField[] = [
  { name: 'direction', kind: 'choice', options: ['sent', 'received'] },
  { name: 'traffic', kind: 'choice', options: ['internal', 'external'] },
  { name: 'domains', kind: 'lines' },
  { name: 'departments', kind: 'lines' },
  { name: 'people', kind: 'lines' },
  { name: 'groups', kind: 'lines' },
];

const addressFields = [
  ...['from', 'to', 'cc', 'bcc', 'sender', 'replyTo'],
  ...['envelopeSender', 'envelopeRecipient'],
];
const results = ['pass', 'fail', 'softfail', 'neutral', 'none', 'policy', 'temperror', 'permerror'];
const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** By `test`. */
export const testFields: Readonly<Record<string, readonly RuleField[]>> = {
  text: [
    { name: 'words', kind: 'lines', ...required },
    { name: 'in', kind: 'places', ...required },
    { name: 'match', kind: 'choice', options: ['word', 'anywhere'] },
    { name: 'atLeast', kind: 'number' },
    { name: 'counting', kind: 'choice', options: ['occurrences', 'words'] },
  ],
  numbers: [
    { name: 'kinds', kind: 'choices', options: ['identityCard', 'bankCard', 'iban', 'phone'], ...required },
    { name: 'in', kind: 'places', ...required },
    { name: 'atLeast', kind: 'number' },
  ],
  address: [
    { name: 'in', kind: 'choices', options: addressFields, ...required },
    { name: 'match', kind: 'lines' },
    { name: 'otherThan', kind: 'lines' },
  ],
  attachmentName: [{ name: 'names', kind: 'lines', ...required }],
  attachmentType: [
    { name: 'types', kind: 'lines' },
    { name: 'otherThan', kind: 'lines' },
  ],
  size: [
    { name: 'overOctets', kind: 'number' },
    { name: 'underOctets', kind: 'number' },
  ],
  recipients: [{ name: 'over', kind: 'number', ...required }],
  header: [{ name: 'name', kind: 'line', ...required }],
  authentication: [
    { name: 'method', kind: 'choice', options: ['spf', 'dkim', 'dmarc', 'arc'], ...required },
    { name: 'results', kind: 'choices', options: results, ...required },
  ],
  time: [
    { name: 'from', kind: 'clock', ...required },
    { name: 'until', kind: 'clock', ...required },
    { name: 'days', kind: 'choices', options: days },
    { name: 'zone', kind: 'line', ...required },
  ],
  protection: [{ name: 'kinds', kind: 'choices', options: ['encrypted', 'signed'], ...required }],
};

/** By `do`. */
export const actionFields: Readonly<Record<string, readonly RuleField[]>> = {
  holdForApproval: [
    { name: 'reviewer', kind: 'reviewer', ...required },
    { name: 'deputy', kind: 'line' },
    { name: 'hold', kind: 'choice', options: ['all', 'external'] },
    { name: 'remindAfterHours', kind: 'number' },
    { name: 'deadlineHours', kind: 'number', ...required },
    { name: 'atDeadline', kind: 'choice', options: ['return', 'deliver'], ...required },
  ],
  copyToSupervisors: [
    { name: 'to', kind: 'people', options: ['leader'] },
    { name: 'reviewWithinHours', kind: 'number' },
    { name: 'sealed', kind: 'prose' },
  ],
  refuse: [{ name: 'text', kind: 'prose', ...required }],
  quarantine: [],
  notify: [
    { name: 'to', kind: 'people', options: ['sender'], ...required },
    { name: 'text', kind: 'prose', ...required },
  ],
  tagSubject: [{ name: 'tag', kind: 'line', ...required }],
  appendDisclaimer: [{ name: 'text', kind: 'prose', ...required }],
  deliver: [],
};

export const joints = ['all', 'any', 'not'] as const;
