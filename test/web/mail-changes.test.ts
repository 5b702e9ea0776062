import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EmailPlace } from '../../web/webmail/email.ts';
import { changed, patchesOf } from '../../web/webmail/mail-changes.ts';
import { filterOf, isNarrowed } from '../../web/webmail/mail-query.ts';
import { shownMailboxes } from '../../web/webmail/mailboxes.ts';
import { parseRoute, routeText } from '../../web/webmail/route.ts';
import { rowWindow } from '../../web/webmail/row-window.ts';

const place = (id: string, mailboxes: readonly string[], keywords: readonly string[] = []): EmailPlace => ({
  id,
  mailboxIds: Object.fromEntries(mailboxes.map((each) => [each, true as const])),
  keywords: Object.fromEntries(keywords.map((each) => [each, true as const])),
});

describe('changes of mails', () => {
  test('a mark is set where it is not, and only that is taken back', () => {
    const places = [place('a', ['in']), place('b', ['in'], ['$seen'])];
    assert.deepEqual(patchesOf(places, { kind: 'mark', keyword: '$seen', on: true }), {
      forth: { a: { 'keywords/$seen': true } },
      back: { a: { 'keywords/$seen': null } },
    });
    assert.deepEqual(patchesOf(places, { kind: 'mark', keyword: '$seen', on: false }).back, {
      b: { 'keywords/$seen': true },
    });
  });

  test('a move leaves other mailboxes alone, and a mail that is not there', () => {
    const places = [place('a', ['in', 'other']), place('b', ['in', 'to']), place('c', ['else'])];
    const { forth, back } = patchesOf(places, { kind: 'move', from: 'in', to: 'to' });
    assert.deepEqual(forth, {
      a: { 'mailboxIds/in': null, 'mailboxIds/to': true },
      b: { 'mailboxIds/in': null },
    });
    assert.deepEqual(back, {
      a: { 'mailboxIds/in': true, 'mailboxIds/to': null },
      b: { 'mailboxIds/in': true },
    });
  });

  test('what is shown at once has the mark, or has it no longer', () => {
    const mark = { kind: 'mark', keyword: '$flagged' } as const;
    const marked = changed(place('a', ['in'], ['$seen']), { ...mark, on: true });
    assert.deepEqual(marked.keywords, { $seen: true, $flagged: true });
    assert.deepEqual(changed(marked, { ...mark, on: false }).keywords, { $seen: true });
  });
});

describe('the list', () => {
  test('draws what is seen and a little more, at the beginning, far below and at the end', () => {
    assert.deepEqual(rowWindow(0, 840, 84, 100_000), { first: 0, last: 18 });
    assert.deepEqual(rowWindow(8_400_000 - 840, 840, 84, 100_000), { first: 99_982, last: 99_999 });
    assert.deepEqual(rowWindow(0, 840, 84, 0), { first: 0, last: -1 });
  });

  test('asks for what words and filter leave over', () => {
    const query = { mailbox: 'in', words: ' 合同 ', quick: 'unread', collapseThreads: true } as const;
    assert.deepEqual(filterOf(query), { inMailbox: 'in', notKeyword: '$seen', text: '合同' });
    assert.equal(isNarrowed({ ...query, words: ' ', quick: 'all' }), false);
  });
});

describe('mailboxes', () => {
  test('stand in their order, children below their parents, orphans at the top', () => {
    const mailbox = (id: string, sortOrder: number, parentId: string | null = null) =>
      ({ id, name: id, parentId, role: null, sortOrder, totalEmails: 0, unreadEmails: 0 }) as const;
    const shown = shownMailboxes(
      [
        mailbox('项目10', 10),
        mailbox('项目2', 10),
        mailbox('子', 10, '项目2'),
        mailbox('inbox', 1),
        mailbox('x', 11, 'gone'),
      ],
      'zh-CN',
    );
    assert.deepEqual(
      shown.map((each) => `${each.depth} ${each.mailbox.id}`),
      ['0 inbox', '0 项目2', '1 子', '0 项目10', '0 x'],
    );
  });
});

describe('addresses of the pages', () => {
  test('are read as they are written; anything else leads to the beginning', () => {
    for (const route of [
      { mailbox: 'inbox', email: null },
      { mailbox: 'a-1', email: 'b-2' },
    ])
      assert.deepEqual(parseRoute(routeText(route)), route);
    for (const hash of ['', '#/other', '#/mail/<script>', '#/mail/a/b/c'])
      assert.deepEqual(parseRoute(hash), { mailbox: null, email: null });
  });
});
