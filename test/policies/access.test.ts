import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Act,
  acts,
  approvalAccess,
  ask,
  auditClassOf,
  type Grantee,
  may,
  type Subject,
} from '../../policies/access.ts';
import { type Role, roles } from '../../services/domain/account.ts';
import { isRefusal } from '../../services/domain/refusals.ts';
import { uuidOf } from '../support/given-when-then.ts';

const me = uuidOf(1);
const objects = { own: { owner: me }, others: { owner: uuidOf(2) }, house: { owner: null } } as const;

const all = 'staff supervisor auditor administrator operator anybody';

/** Who may: on their own / on another's / on what is the installation's. Written out by hand. */
const expected: Readonly<Record<Act, readonly [own: string, others: string, house: string]>> = {
  readMail: ['staff supervisor auditor administrator', '', ''],
  openMail: ['auditor', 'auditor', 'auditor'],
  changeMail: ['staff supervisor auditor administrator', '', ''],
  sendMail: ['staff supervisor auditor administrator', '', ''],
  handInMail: [all, all, all],
  reportDelivery: ['system', 'system', 'system'],
  signIn: [all, all, all],
  setUp: [all, all, all],
  loadPages: [all, all, all],
  readState: [all, all, all],
  reviewMail: ['staff supervisor auditor administrator operator', 'operator', 'operator'],
  readApprovals: [
    'staff supervisor auditor administrator operator',
    'auditor administrator operator',
    'auditor administrator operator',
  ],
  superviseMail: ['staff supervisor auditor administrator operator', 'operator', 'operator'],
  readSupervision: [
    'staff supervisor auditor administrator operator',
    'auditor operator',
    'auditor operator',
  ],
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
  chooseLanguage: [
    'staff supervisor auditor administrator operator',
    'administrator operator',
    'administrator operator',
  ],
  manageQueue: ['administrator operator', 'administrator operator', 'administrator operator'],
  manageAccounts: ['administrator operator', 'administrator operator', 'administrator operator'],
  manageDomains: ['administrator operator', 'administrator operator', 'administrator operator'],
  listAccounts: [
    'auditor administrator operator',
    'auditor administrator operator',
    'auditor administrator operator',
  ],
  findPeople: ['staff supervisor auditor administrator', '', ''],
  manageRules: ['administrator operator', 'administrator operator', 'administrator operator'],
  readRules: [
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

function subject(role: Grantee): Subject {
  if (role === 'operator' || role === 'system' || role === 'anybody') return { kind: role };
  return { kind: 'account', account: me, roles: role === 'staff' ? ['staff'] : ['staff', role] };
}

describe('access', () => {
  for (const act of acts) {
    for (const [column, [whose, object]] of Object.entries(objects).entries()) {
      test(`${act}, ${whose}`, () => {
        const allowed = [...roles, 'operator' as const, 'system' as const, 'anybody' as const].filter(
          (role) => may(subject(role), act, object),
        );
        assert.equal(allowed.join(' '), expected[act][column]);
      });
    }
  }

  test('the refusal names no more than that', () => {
    assert.deepEqual(ask(subject('staff'), 'readMail', objects.others), { refused: 'notPermitted' });
  });

  test('a permit says who may do what with whose', () => {
    const permit = ask(subject('staff'), 'readMail', objects.own);
    assert.ok(!isRefusal(permit));
    assert.deepEqual(
      [permit.subject, permit.act, permit.object],
      [subject('staff'), 'readMail', objects.own],
    );
  });

  test('held mail is for whoever decides on it, and never for its sender', () => {
    const [li, zhao, wang] = [uuidOf(2), uuidOf(3), uuidOf(4)];
    const held = { reviewer: li, reviewerRole: null, deputy: zhao, submitter: wang };
    const may = (
      account: string,
      of: typeof held | object,
      away = false,
      roles: readonly Role[] = ['staff'],
    ) => !isRefusal(approvalAccess({ kind: 'account', account, roles }, { ...held, ...of }, away));
    assert.equal(may(li, {}), true);
    assert.equal(may(zhao, {}), false);
    assert.equal(may(zhao, {}, true), true);
    assert.equal(may(me, {}, true, ['staff', 'administrator', 'auditor']), false);
    const byRole = { reviewer: null, reviewerRole: 'administrator' };
    assert.equal(may(me, byRole, false, ['staff', 'administrator']), true);
    assert.equal(may(me, byRole, false, ['staff', 'auditor']), false);
    assert.equal(may(wang, byRole, false, ['staff', 'administrator']), false);
    assert.equal(may(wang, { reviewer: wang }), false);
    assert.equal(isRefusal(approvalAccess({ kind: 'operator' }, held, false)), false);
    assert.equal(isRefusal(approvalAccess({ kind: 'anybody' }, held, false)), true);
  });

  test('roles add up', () => {
    const both: Subject = { kind: 'account', account: me, roles: ['staff', 'auditor', 'administrator'] };
    assert.equal(may(both, 'operate', objects.house), true);
    assert.equal(may(both, 'openMail', objects.others), true);
    assert.equal(may(both, 'changeMail', objects.others), false);
  });

  test('an application password is for its owner’s own mail, whatever roles the account has', () => {
    const roles = ['staff', 'supervisor', 'auditor', 'administrator'] as const;
    const program: Subject = { kind: 'account', account: me, roles, isMailProgram: true };
    const own = acts.filter((act) => may(program, act, objects.own));
    const anybodys = acts.filter((act) => may({ kind: 'anybody' }, act, objects.own));
    assert.deepEqual(
      own.filter((act) => !anybodys.includes(act)),
      ['readMail', 'changeMail', 'sendMail'],
    );
    for (const object of [objects.others, objects.house])
      assert.deepEqual(
        acts.filter((act) => may(program, act, object)),
        anybodys,
      );
  });

  test('others’ mail is class A, one’s own class B; nothing is the operator’s own', () => {
    assert.equal(auditClassOf(subject('auditor'), objects.others), 'A');
    assert.equal(auditClassOf(subject('auditor'), objects.own), 'B');
    assert.equal(auditClassOf(subject('staff'), objects.house), 'A');
    assert.equal(auditClassOf(subject('operator'), objects.own), 'A');
  });
});
