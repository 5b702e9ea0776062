/** Places that rules have found, in the text as a browser shows it; and the addresses of the desk. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { approvalPlaceText, parseApprovalPlace } from '../../web/webmail/approvals/approval-place.ts';
import { foundRanges } from '../../web/webmail/desk/found-text.ts';
import {
  parseSupervisionPlace,
  supervisionPlaceText,
  supervisionTabs,
} from '../../web/webmail/supervision/supervision-place.ts';

const hit = (start: number, end: number, found: string) => ({
  ...{ rule: 'a rule', test: 'text', in: 'body', part: '1' },
  ...{ start, end, found },
});

describe('places of hits', () => {
  test('are where the server says', () => {
    assert.deepEqual(foundRanges('合同与合同', [hit(3, 5, '合同')]), [{ start: 3, end: 5 }]);
  });

  test('count the ends of lines as they were sent', () => {
    const sent = '你好\r\n\r\n合同在此，合同';
    const start = sent.indexOf('合同');
    assert.deepEqual(foundRanges(sent.replaceAll('\r\n', '\n'), [hit(start, start + 2, '合同')]), [
      { start: start - 2, end: start },
    ]);
  });

  test('are looked for where they stand elsewhere, and none lies over another', () => {
    assert.deepEqual(foundRanges('x 合同 x 合同', [hit(90, 92, '合同')]), [
      { start: 2, end: 4 },
      { start: 7, end: 9 },
    ]);
    assert.deepEqual(foundRanges('采购合同书', [hit(0, 4, '采购合同'), hit(2, 5, '合同书')]), [
      { start: 0, end: 5 },
    ]);
    assert.deepEqual(foundRanges('你好', [hit(0, 0, ''), hit(0, 2, '合同')]), []);
  });
});

test('an address of a desk is what a notice links to', () => {
  const open = '01234567-89ab-7cde-8f01-23456789abcd';
  assert.deepEqual(parseApprovalPlace(`#approvals/${open}`), { tab: 'waiting', open });
  assert.deepEqual(parseApprovalPlace('#approvals'), { tab: 'waiting', open: null });
  for (const tab of ['waiting', 'own', 'log'] as const)
    assert.deepEqual(parseApprovalPlace(approvalPlaceText(tab, open)), { tab, open });
  for (const other of ['', '#/mail/inbox', '#approvals/../x', '#approvals/own/x', '#supervision'])
    assert.equal(parseApprovalPlace(other), null);
  assert.deepEqual(parseSupervisionPlace(`#supervision/${open}`), { tab: 'waiting', open });
  for (const tab of supervisionTabs)
    assert.deepEqual(parseSupervisionPlace(supervisionPlaceText(tab, open)), { tab, open });
  for (const other of ['', '#approvals', '#supervision/own', '#supervision/overdue/x'])
    assert.equal(parseSupervisionPlace(other), null);
});
