import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { DepartmentCommand } from '../../services/domain/departments.ts';
import { organisation } from '../../services/domain/organisation.ts';
import { isRefusal } from '../../services/domain/refusals.ts';
import { tagOf, uuidOf } from '../support/given-when-then.ts';
import { ModelsHouse } from './models-house.ts';

let house: ModelsHouse;
let state = organisation.initial();

beforeEach(async () => {
  house = await ModelsHouse.open();
  state = organisation.initial();
});

afterEach(() => house.close());

function run(command: DepartmentCommand): void {
  const decision = organisation.decide(state, command);
  assert.ok(!isRefusal(decision), JSON.stringify(decision));
  state = decision.events.reduce((before, event) => organisation.evolve(before, event), state);
  house.append(`organisation-${uuidOf(0)}`, ...decision.events);
}

function add(n: number, name: string, parent: number | null, order: number): void {
  const above = parent === null ? null : uuidOf(parent);
  run({ kind: 'addDepartment', department: uuidOf(n), tag: tagOf(n), name, parent: above, order });
}

function open(n: number, address: string): string {
  house.append(`account-${uuidOf(n)}`, {
    type: 'AccountOpened',
    version: 1,
    data: { domain: uuidOf(9), quotaOctets: 0 },
    personal: { address, realName: '' },
  });
  return uuidOf(n);
}

test('the tree in the order in which it is shown, with leaders and people', async () => {
  const [wang, li] = [open(101, 'wang@acme.example'), open(102, 'li@acme.example')];
  add(1, '销售', null, 2);
  add(2, '华北', 1, 2);
  add(3, '华南', 1, 1);
  add(4, '法务', null, 1);
  run({ kind: 'leadDepartment', department: uuidOf(1), leader: li });
  run({ kind: 'assignDepartment', department: uuidOf(2), accounts: [wang, li] });
  run({ kind: 'assignDepartment', department: uuidOf(3), accounts: [li] });
  run({ kind: 'renameDepartment', department: uuidOf(4), tag: tagOf(44), name: '法务部' });
  await house.settled();
  const rows = house.departments.list();
  assert.deepEqual(
    rows.map(({ name, level, order }) => [name, level, order]),
    [
      ['法务部', 0, 1],
      ['销售', 0, 2],
      ['华南', 1, 1],
      ['华北', 1, 2],
    ],
  );
  assert.equal(rows[1]!.leaderAddress, 'li@acme.example');
  assert.deepEqual(
    rows[3]!.members.map(({ address }) => address),
    ['wang@acme.example'],
  );
  await house.assertRebuildsAlike();
});

test('moved, removed, taken out', async () => {
  const wang = open(101, 'wang@acme.example');
  add(1, 'A', null, 1);
  add(2, 'B', 1, 1);
  run({ kind: 'assignDepartment', department: uuidOf(2), accounts: [wang] });
  run({ kind: 'moveDepartment', department: uuidOf(2), parent: null, order: 1 });
  run({ kind: 'removeDepartment', department: uuidOf(1) });
  await house.settled();
  assert.deepEqual(
    house.departments.list().map(({ name, level, members }) => [name, level, members.length]),
    [['B', 0, 1]],
  );
  run({ kind: 'removeDepartment', department: uuidOf(2) });
  add(3, 'B', null, 1);
  run({ kind: 'assignDepartment', department: uuidOf(3), accounts: [wang] });
  run({ kind: 'assignDepartment', department: null, accounts: [wang] });
  await house.settled();
  assert.deepEqual(
    house.departments.list().map(({ department, members }) => [department, members.length]),
    [[uuidOf(3), 0]],
  );
  await house.assertRebuildsAlike();
});
