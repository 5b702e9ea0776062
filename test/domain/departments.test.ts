import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  belowOf,
  type DepartmentCommand,
  leadersOver,
  maxDepartmentLevels,
} from '../../services/domain/departments.ts';
import { organisation } from '../../services/domain/organisation.ts';
import { assertRefused, decided, stateAfter, tagOf, uuidOf } from '../support/given-when-then.ts';

const [wang, li, zhao] = [uuidOf(101), uuidOf(102), uuidOf(103)];

function add(
  n: number,
  parent: number | null,
  name = `department ${n}`,
): DepartmentCommand & { kind: 'addDepartment' } {
  return {
    kind: 'addDepartment',
    department: uuidOf(n),
    tag: tagOf(n),
    name,
    parent: parent === null ? null : uuidOf(parent),
    order: n,
  };
}

const led = (n: number, leader: string | null): DepartmentCommand => ({
  kind: 'leadDepartment',
  department: uuidOf(n),
  leader,
});

/** 1 above 2 above 3; 4 beside 1. */
const tree = [add(1, null), add(2, 1), add(3, 2), add(4, null)];
const assignWang: DepartmentCommand = { kind: 'assignDepartment', department: uuidOf(3), accounts: [wang] };

describe('departments', () => {
  test('one is added under its tag, its name sealed', () => {
    assert.deepEqual(decided(organisation, [], add(1, null, '销售部')), [
      {
        type: 'DepartmentAdded',
        version: 1,
        data: { department: uuidOf(1), tag: tagOf(1), parent: null, order: 1 },
        personal: { name: '销售部' },
      },
    ]);
  });

  test('names are there once, and are names', () => {
    assertRefused(organisation, tree, { ...add(9, null), tag: tagOf(1) }, 'departmentExists');
    for (const name of ['', ' x', 'x\ny', 'x'.repeat(201)])
      assertRefused(organisation, tree, add(9, null, name), 'departmentNameInvalid');
    const rename = (tag: string): DepartmentCommand => ({
      kind: 'renameDepartment',
      department: uuidOf(1),
      tag,
      name: 'new',
    });
    assertRefused(organisation, tree, rename(tagOf(2)), 'departmentExists');
    const renamed = stateAfter(organisation, [...tree, rename(tagOf(9))]);
    assert.equal(renamed.departments.byTag.get(tagOf(9)), uuidOf(1));
    assert.equal(renamed.departments.byTag.has(tagOf(1)), false);
  });

  test('none is below itself, wherever it goes', () => {
    const under = (n: number, parent: number | null): DepartmentCommand => ({
      kind: 'moveDepartment',
      department: uuidOf(n),
      parent: parent === null ? null : uuidOf(parent),
      order: 1,
    });
    for (const parent of [1, 2, 3])
      assertRefused(organisation, tree, under(1, parent), 'departmentBelowItself');
    const moved = stateAfter(organisation, [...tree, under(2, 4)]);
    assert.deepEqual([...belowOf(moved.departments, uuidOf(4))], [uuidOf(4), uuidOf(2), uuidOf(3)]);
    assert.deepEqual([...belowOf(moved.departments, uuidOf(1))], [uuidOf(1)]);
    assert.deepEqual(decided(organisation, [...tree, under(2, 4)], under(2, 4)), []);
    assertRefused(organisation, tree, under(2, 99), 'departmentNotFound');
  });

  test('the tree has an end, also where a branch is moved below', () => {
    const deep = Array.from({ length: maxDepartmentLevels }, (_, i) => add(i + 1, i === 0 ? null : i));
    assertRefused(organisation, deep, add(99, maxDepartmentLevels), 'departmentTooDeep');
    const branch = [...deep, add(50, null), add(51, 50)];
    const move = (parent: number): DepartmentCommand => ({
      kind: 'moveDepartment',
      department: uuidOf(50),
      parent: uuidOf(parent),
      order: 1,
    });
    assertRefused(organisation, branch, move(maxDepartmentLevels - 1), 'departmentTooDeep');
    assert.equal(decided(organisation, branch, move(maxDepartmentLevels - 2)).length, 1);
  });

  test('who leads over somebody, the nearest first, and nobody over themselves', () => {
    const led3 = [...tree, assignWang, led(3, wang), led(2, li), led(1, zhao)];
    assert.deepEqual(leadersOver(stateAfter(organisation, led3).departments, wang), [li, zhao]);
    assert.deepEqual(leadersOver(stateAfter(organisation, [...led3, led(2, null)]).departments, wang), [
      zhao,
    ]);
    assert.deepEqual(leadersOver(stateAfter(organisation, led3).departments, li), []);
  });

  test('a person is in one department; the same again changes nothing', () => {
    const again = { ...assignWang, accounts: [wang, wang] } as const;
    assert.deepEqual(decided(organisation, [...tree, assignWang], again), []);
    const other: DepartmentCommand = {
      kind: 'assignDepartment',
      department: uuidOf(4),
      accounts: [wang, li],
    };
    const state = stateAfter(organisation, [...tree, assignWang, other]);
    assert.deepEqual(
      [...state.departments.ofAccount],
      [
        [wang, uuidOf(4)],
        [li, uuidOf(4)],
      ],
    );
    const out: DepartmentCommand = { kind: 'assignDepartment', department: null, accounts: [wang] };
    assert.deepEqual([...stateAfter(organisation, [...tree, other, out]).departments.ofAccount.keys()], [li]);
  });

  test('one that is removed leaves its people in none; one with others below stays', () => {
    const remove = (n: number): DepartmentCommand => ({ kind: 'removeDepartment', department: uuidOf(n) });
    assertRefused(organisation, tree, remove(2), 'departmentHasOthers');
    const { departments } = stateAfter(organisation, [...tree, assignWang, remove(3)]);
    assert.equal(departments.ofAccount.has(wang), false);
    assert.equal(departments.byTag.has(tagOf(3)), false);
    assertRefused(organisation, [...tree, remove(3)], remove(3), 'departmentNotFound');
  });
});
