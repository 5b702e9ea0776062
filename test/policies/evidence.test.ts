import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Subject } from '../../policies/access.ts';
import { evidenceFor } from '../../policies/evidence.ts';
import type { GrantedRole } from '../../services/domain/account.ts';
import { nilUuid } from '../../services/domain/message.ts';
import { isRefusal } from '../../services/domain/refusals.ts';
import { uuidOf } from '../support/given-when-then.ts';

const [sender, reader, other, stranger] = [uuidOf(1), uuidOf(2), uuidOf(3), uuidOf(4)];

function account(id: string, ...roles: GrantedRole[]): Subject {
  return { kind: 'account', account: id, roles };
}

/** Which of MessageAccepted and the recipients' events the asker sees. */
function shown(asker: Subject, submitter: string | null, ...groups: string[][]): boolean[] | 'refused' {
  const events = [
    { type: 'MessageAccepted', data: { submitter } },
    ...groups.map((accounts) => ({ type: 'RecipientsResolved', data: { accounts } })),
  ];
  const shows = evidenceFor(asker, events);
  return isRefusal(shows) ? 'refused' : events.map(shows);
}

describe('evidence', () => {
  test('who got the mail sees the mail, and no other recipient', () => {
    assert.deepEqual(shown(account(reader), null, [reader, other]), [true, false]);
    assert.deepEqual(shown(account(reader), null, [reader, nilUuid]), [true, false]);
    assert.deepEqual(shown(account(reader), null, [reader]), [true, true]);
    assert.deepEqual(shown(account(reader), sender, [other], [reader]), [true, false, true]);
  });

  test('who got it is not told by other events who else did', () => {
    const events = [
      { type: 'MessageAccepted', data: { submitter: sender } },
      { type: 'RecipientsResolved', data: { accounts: [reader, nilUuid] } },
      { type: 'EmailSubmitted', data: {} },
      { type: 'MailSigned', data: {} },
    ];
    const shows = evidenceFor(account(reader), events);
    assert.ok(!isRefusal(shows));
    assert.deepEqual(events.map(shows), [true, false, false, true]);
  });

  test('who handed it in gave the recipients', () => {
    assert.deepEqual(shown(account(sender), sender, [reader, other]), [true, true]);
  });

  test('who handed it in is not told why it is looked at under seal; an auditor is', () => {
    const required = (sealed: boolean) => ({ type: 'SupervisionRequired', data: { sealed } });
    const events = [
      { type: 'MessageAccepted', data: { submitter: sender } },
      required(false),
      required(true),
    ];
    for (const [asker, expected] of [
      [account(sender), [true, true, false]],
      [account(stranger, 'auditor'), [true, true, true]],
    ] as const) {
      const shows = evidenceFor(asker, events);
      assert.ok(!isRefusal(shows));
      assert.deepEqual(events.map(shows), expected);
    }
  });

  test('the operator and an auditor see all, an administrator and a stranger nothing', () => {
    assert.deepEqual(shown({ kind: 'operator' }, null, [reader, other]), [true, true]);
    assert.deepEqual(shown(account(stranger, 'auditor'), null, [reader, other]), [true, true]);
    assert.equal(shown(account(stranger, 'administrator'), null, [reader]), 'refused');
    assert.equal(shown(account(stranger), null, [reader]), 'refused');
    assert.equal(shown({ kind: 'anybody' }, null, [reader]), 'refused');
  });
});
