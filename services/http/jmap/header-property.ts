/** Names of header properties, `header:Name:asForm:all` (RFC 8621 §4.1.3), and which form a field may take. Pure. */

export const headerForms = [
  'Raw',
  'Text',
  'Addresses',
  'GroupedAddresses',
  'MessageIds',
  'Date',
  'URLs',
] as const;
export type HeaderForm = (typeof headerForms)[number];

export interface HeaderProperty {
  /** Lower case. */
  readonly field: string;
  readonly form: HeaderForm;
  /** Every field of that name, in their order; else the last one. */
  readonly all: boolean;
}

const names = (...fields: string[]): ReadonlySet<string> => new Set(fields);

const addressFields = names(
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'resent-from',
  'resent-sender',
  'resent-reply-to',
  'resent-to',
  'resent-cc',
  'resent-bcc',
);

/** The fields that each form makes sense of (§4.1.2); `Raw` takes any. */
const fieldsOf: Readonly<Partial<Record<HeaderForm, ReadonlySet<string>>>> = {
  Text: names('subject', 'comments', 'keywords', 'list-id'),
  Addresses: addressFields,
  GroupedAddresses: addressFields,
  MessageIds: names('message-id', 'in-reply-to', 'references', 'resent-message-id'),
  Date: names('date', 'resent-date'),
  URLs: names('list-help', 'list-unsubscribe', 'list-subscribe', 'list-post', 'list-owner', 'list-archive'),
};

/** Fields of RFC 5322 and RFC 2369 that have a form of their own; `Text` is for all but these. */
const structured = new Set([
  'return-path',
  'received',
  ...[...addressFields, ...fieldsOf.MessageIds!, ...fieldsOf.Date!, ...fieldsOf.URLs!],
]);

/** Null where that is no header property, or its field cannot have that form. */
export function readHeaderProperty(property: string): HeaderProperty | null {
  const [prefix, name = '', ...rest] = property.split(':');
  const all = rest.at(-1) === 'all';
  const [asForm, ...more] = all ? rest.slice(0, -1) : rest;
  if (prefix !== 'header' || more.length > 0 || !/^[\x21-\x39\x3b-\x7e]{1,255}$/.test(name)) return null;
  const form = asForm === undefined ? 'Raw' : headerForms.find((each) => `as${each}` === asForm);
  const field = name.toLowerCase();
  return form && mayTake(field, form) ? { field, form, all } : null;
}

function mayTake(field: string, form: HeaderForm): boolean {
  if (form === 'Raw') return true;
  if (form === 'Text') return !structured.has(field);
  // Fields that no RFC defines may hold anything.
  return fieldsOf[form]!.has(field) || !(structured.has(field) || fieldsOf.Text!.has(field));
}
