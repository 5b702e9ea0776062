import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Act, acts, auditClassOf, may, type Subject } from '../../policies/access.ts';
import { type Role, roles } from '../../services/domain/account.ts';
import { uuidOf } from '../support/given-when-then.ts';

const me = uuidOf(1);
const objects = { own: { owner: me }, others: { owner: uuidOf(2) }, house: { owner: null } } as const;

/** Who may: on their own / on another's / on what is the installation's. Written out by hand. */
const expected: Readonly<Record<Act, readonly [own: string, others: string, house: string]>> = {
  readMail: ['staff supervisor auditor administrator', 'auditor', 'auditor'],
  changeMail: ['staff supervisor auditor administrator', '', ''],
  sendMail: ['staff supervisor auditor administrator', '', ''],
  traceMail: [
    'staff supervisor auditor administrator operator',
    'auditor administrator operator',
    'auditor administrator operator',
  ],
  proveMail: ['staff supervisor auditor administrator operator', 'auditor operator', 'auditor operator'],
  readAccessLog: ['staff supervisor auditor administrator operator', 'auditor operator', 'auditor operator'],
  changePassword: [
    'staff supervisor auditor administrator operator',
    'administrator operator',
    'administrator operator',
  ],
  manageAccounts: ['administrator operator', 'administrator operator', 'administrator operator'],
  manageDomains: ['administrator operator', 'administrator operator', 'administrator operator'],
  listAccounts: [
    'auditor administrator operator',
    'auditor administrator operator',
    'auditor administrator operator',
  ],
  verifyLog: [
    'auditor administrator operator',
    'auditor administrator operator',
    'auditor administrator operator',
  ],
  operate: ['administrator operator', 'administrator operator', 'administrator operator'],
};

function subject(role: Role | 'operator'): Subject {
  if (role === 'operator') return { kind: 'operator' };
  return { kind: 'account', account: me, roles: role === 'staff' ? ['staff'] : ['staff', role] };
}

describe('access', () => {
  for (const act of acts) {
    for (const [column, [whose, object]] of Object.entries(objects).entries()) {
      test(`${act}, ${whose}`, () => {
        const allowed = [...roles, 'operator' as const].filter(
          (role) => may(subject(role), act, object) === 'allow',
        );
        assert.equal(allowed.join(' '), expected[act][column]);
      });
    }
  }

  test('the refusal names no more than that', () => {
    assert.deepEqual(may(subject('staff'), 'readMail', objects.others), { refused: 'notPermitted' });
  });

  test('roles add up', () => {
    const both: Subject = { kind: 'account', account: me, roles: ['staff', 'auditor', 'administrator'] };
    assert.equal(may(both, 'operate', objects.house), 'allow');
    assert.equal(may(both, 'readMail', objects.others), 'allow');
    assert.notEqual(may(both, 'changeMail', objects.others), 'allow');
  });

  test('others’ mail is class A, one’s own class B; nothing is the operator’s own', () => {
    assert.equal(auditClassOf(subject('auditor'), objects.others), 'A');
    assert.equal(auditClassOf(subject('auditor'), objects.own), 'B');
    assert.equal(auditClassOf(subject('staff'), objects.house), 'A');
    assert.equal(auditClassOf(subject('operator'), objects.own), 'A');
  });
});
