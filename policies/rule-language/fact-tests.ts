/** The tests that ask one fact of the mail. */
import { AddressMatcher, addressPattern } from './address-pattern.ts';
import { type Answer, no, unknown } from './answer.ts';
import type { Place } from './mail-view.ts';
import { type NameMatcher, nameMatcher } from './name-pattern.ts';
import type { AddressField, Test, TestOf } from './rule-conditions.ts';
import type { FactAttachment, RuleFacts } from './rule-facts.ts';
import { addressKey, headerKey } from './rule-keys.ts';
import { ruleLimits } from './rule-limits.ts';
import type { Ask, ReadyTest } from './text-tests.ts';
import { timeWindow } from './time-window.ts';

type FactTest = Exclude<Test, TestOf<'text'> | TestOf<'numbers'>>;

export function factTest(test: FactTest, at: string): ReadyTest {
  return { ask: asking(test, at), keys: keysOf(test), words: [] };
}

function keysOf(test: FactTest): readonly string[] | null {
  if (test.test === 'header') return [headerKey(test.name)];
  if (test.test !== 'address' || test.match === undefined) return null;
  const patterns = test.match.flatMap((pattern) => addressPattern(pattern) ?? []);
  return test.in.flatMap((field) => patterns.map((pattern) => addressKey(field, pattern)));
}

function asking(test: FactTest, at: string): Ask {
  const yes = (count = 0, places: readonly Place[] = []): Answer => ({
    is: 'yes',
    reasons: [{ at, test: test.test, count, places: places.slice(0, ruleLimits.maxPlacesPerReason) }],
  });
  const when = (isTrue: boolean): Answer => (isTrue ? yes() : no);
  switch (test.test) {
    case 'address':
      return addressTest(test, yes);
    case 'header': {
      const place = `header:${test.name}`;
      return (view) => present(view.texts(place)?.length, when, place);
    }
    case 'attachmentName':
      return attachmentNameTest(test.names.map(nameMatcher), yes);
    case 'attachmentType':
      return attachmentTypeTest(test, yes);
    case 'size':
      return ({ facts: { octets } }) =>
        when(octets > (test.overOctets ?? -1) && octets < (test.underOctets ?? Infinity));
    case 'recipients':
      return ({ facts: { recipients } }) => when(recipients.length > test.over);
    case 'authentication':
      return ({ facts: { authentication } }) => {
        if (authentication === 'unchecked') return no;
        const result = authentication?.[test.method];
        return result === undefined ? unknown(test.method) : when(test.results.includes(result));
      };
    case 'time': {
      const isWithin = timeWindow(test);
      return ({ facts: { nowMs } }) => when(isWithin(nowMs));
    }
    case 'protection':
      return ({ facts: { isEncrypted, isSigned, isOfRecord } }) =>
        isOfRecord
          ? unknown('protection')
          : when(
              (isEncrypted && test.kinds.includes('encrypted')) ||
                (isSigned && test.kinds.includes('signed')),
            );
  }
}

type Yes = (count: number, places: readonly Place[]) => Answer;

function present(count: number | undefined, when: (isTrue: boolean) => Answer, missing: string): Answer {
  return count === undefined ? unknown(missing) : when(count > 0);
}

function addressTest({ in: fields, match, otherThan }: TestOf<'address'>, yes: Yes): Ask {
  const listed = match ?? otherThan ?? [];
  const matcher = new AddressMatcher(listed.flatMap((pattern) => addressPattern(pattern) ?? []));
  return (view) => {
    const places: Place[] = [];
    const known = view.facts.isOfRecord ? fieldsOfRecord(fields) : fields;
    for (const field of known) {
      for (const address of view.addresses(field)) {
        if (matcher.matches(address) === (match !== undefined))
          places.push({ in: field, part: '', start: 0, end: address.length, found: address });
      }
    }
    if (places.length > 0) return yes(places.length, places);
    if (known.length < fields.length) return unknown('addresses of the header');
    const asksHeader = fields.some((field) => !field.startsWith('envelope'));
    return asksHeader && !view.facts.headerComplete ? unknown('addresses of the header') : no;
  };
}

/** To and Cc are one list there: either alone cannot be told. */
function fieldsOfRecord(fields: readonly AddressField[]): readonly AddressField[] {
  const asksBoth = fields.includes('to') && fields.includes('cc');
  return fields.filter((field) =>
    field === 'to' || field === 'cc'
      ? asksBoth
      : ['envelopeSender', 'envelopeRecipient', 'from'].includes(field),
  );
}

function attachmentNameTest(matchers: readonly NameMatcher[], yes: Yes): Ask {
  return ({ facts }) => {
    const found = facts.attachments.filter(({ name }) => matchers.some((matches) => matches(name)));
    if (found.length > 0)
      return yes(
        found.length,
        found.map((each) => attachmentPlace(each, each.name)),
      );
    return areListed(facts) ? no : unknown('attachments');
  };
}

function attachmentTypeTest({ types, otherThan }: TestOf<'attachmentType'>, yes: Yes): Ask {
  const listed = new Set(types ?? otherThan);
  const isListed = (type: string): boolean =>
    listed.has(type) || listed.has(`${type.slice(0, type.indexOf('/'))}/*`);
  const isWanted = (type: string): boolean => isListed(type) === (types !== undefined);
  return ({ facts }) => {
    const found = facts.attachments.filter(({ type }) => type !== null && isWanted(type));
    if (found.length > 0)
      return yes(
        found.length,
        found.map((each) => attachmentPlace(each, each.type!)),
      );
    const unread = facts.attachments.filter(({ type }) => type === null);
    if (unread.length > 0) return unknown(...unread.map(({ part }) => `type of attachment ${part}`));
    return areListed(facts) ? no : unknown('attachments');
  };
}

/** Whether all of them are among the facts. */
function areListed({ headerComplete, isOfRecord }: RuleFacts): boolean {
  return headerComplete && !isOfRecord;
}

function attachmentPlace({ part, name }: FactAttachment, found: string): Place {
  return { in: 'attachmentNames', part, start: 0, end: name.length, found };
}
