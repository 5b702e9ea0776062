import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { catalogue, eventTypeOf } from '../../services/domain/catalogue.ts';
import { checkDraft, isClearKind } from '../../services/domain/check-draft.ts';
import type { DraftEvent, JsonValue } from '../../services/domain/event.ts';
import { uuidOf } from '../support/given-when-then.ts';

describe('the catalogue', () => {
  test('no clear member of any event is a free string', () => {
    let members = 0;
    for (const { events } of catalogue) {
      for (const [type, { clear }] of Object.entries(events)) {
        for (const [member, kind] of Object.entries(clear)) {
          members++;
          assert.ok(isClearKind(kind), `${type}.${member}: ${kind}`);
        }
      }
    }
    assert.ok(members > 80, `${members} members`);
  });

  test('a kind outside the list is seen', () => {
    for (const kind of ['string', 'text', 'oneOf:', 'oneOf:any text', 'strings?', '', 'uuid??']) {
      assert.equal(isClearKind(kind), false, kind);
    }
  });

  test('types are PascalCase, unique, and say what they mean', () => {
    const seen = new Set<string>();
    for (const { name, means, events } of catalogue) {
      assert.match(name, /^[a-z]+$/);
      assert.match(means, /\.$/);
      for (const [type, declared] of Object.entries(events)) {
        assert.match(type, /^(?:[A-Z][a-z]+){2,}$/);
        assert.ok(!seen.has(type), `${type} is declared twice`);
        seen.add(type);
        assert.ok(declared.version >= 1);
        assert.match(declared.means, /\.$/, type);
      }
    }
  });
});

describe('checkDraft', () => {
  const read: DraftEvent = {
    type: 'MessagesRead',
    version: 1,
    data: { mailbox: uuidOf(1), owner: uuidOf(2), items: 'body', uids: [1, 3, 5, 5] },
    personal: null,
  };

  test('accepts what is declared', () => {
    assert.deepEqual(checkDraft('session', read), []);
  });

  test('names an unknown event, another version, and members too many or too few', () => {
    assert.equal(checkDraft('session', { ...read, type: 'MessagesGuessed' }).length, 1);
    assert.equal(checkDraft('account', read).length, 1);
    assert.equal(checkDraft('session', { ...read, version: 2 }).length, 1);
    assert.equal(checkDraft('session', { ...read, data: { ...read.data, subject: 'secret' } }).length, 1);
    const { mailbox: _, ...without } = read.data;
    assert.equal(checkDraft('session', { ...read, data: without }).length, 1);
    assert.equal(checkDraft('session', { ...read, personal: { query: 'x' } }).length, 1);
  });

  const wrong: readonly [string, string, string, JsonValue][] = [
    ['session', 'MessagesRead', 'mailbox', 'INBOX'],
    ['session', 'MessagesRead', 'items', 'everything'],
    ['session', 'MessagesRead', 'uids', [3, 1]],
    ['session', 'MessagesRead', 'uids', [1, 3, 3, 4]],
    ['session', 'MessagesRead', 'uids', [1]],
    ['session', 'ActsDone', 'count', 1.5],
    ['session', 'ActsDone', 'count', '1'],
    ['session', 'ActsDone', 'mailbox', ''],
    ['session', 'PeersRefused', 'minute', -1],
    ['domain', 'AliasAdded', 'tag', 'wang@acme.example'],
    ['domain', 'GroupAdded', 'members', [uuidOf(1), 'wang']],
    ['mailstore', 'MailboxSubscribed', 'subscribed', 1],
    ['ledger', 'CheckpointSealed', 'root', 'abc'],
    ['ledger', 'CheckpointSealed', 'signature', 'wang@acme.example'],
  ];
  for (const [category, type, member, value] of wrong) {
    test(`${type}.${member} refuses ${JSON.stringify(value)}`, () => {
      const kind = eventTypeOf(category, type)!.clear[member]!;
      const draft: DraftEvent = { type, version: 1, data: { [member]: value }, personal: null };
      assert.ok(checkDraft(category, draft).includes(`${type}: ${member} is not ${kind}`));
    });
  }

  test('a member that may be null may be null', () => {
    const acted: DraftEvent = {
      type: 'ActsDone',
      version: 1,
      data: { act: 'list', mailbox: null, count: 2 },
      personal: null,
    };
    assert.deepEqual(checkDraft('session', acted), []);
  });
});
