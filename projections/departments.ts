/** The departments: their tree, their leaders and who is in them. `departments-queries.ts` answers. */
import { idOf } from '../services/domain/event.ts';
import type { Uuid } from '../services/domain/values.ts';
import { personalText } from './personal-text.ts';
import { type RowApplier, tablePart, tableProjection } from './table-projection.ts';

const schema = `
  CREATE TABLE departments (
    department TEXT PRIMARY KEY, name TEXT NOT NULL, parent TEXT, place INTEGER NOT NULL, leader TEXT);
  CREATE TABLE department_members (account TEXT PRIMARY KEY, department TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX members_of_department ON department_members (department);
  CREATE TABLE people (account TEXT PRIMARY KEY, address TEXT NOT NULL, real_name TEXT NOT NULL) WITHOUT ROWID;
`;

const appliers: Readonly<Record<string, RowApplier>> = {
  DepartmentAdded: (event, write) => {
    const { department, parent, order } = event.data;
    write(
      'INSERT INTO departments VALUES (?, ?, ?, ?, NULL)',
      department as Uuid,
      personalText(event, 'name'),
      parent as Uuid | null,
      order as number,
    );
  },
  DepartmentRenamed: (event, write) => {
    const update = 'UPDATE departments SET name = ? WHERE department = ?';
    write(update, personalText(event, 'name'), event.data['department'] as Uuid);
  },
  DepartmentMoved: ({ data }, write) => {
    const update = 'UPDATE departments SET parent = ?, place = ? WHERE department = ?';
    write(update, data['parent'] as Uuid | null, data['order'] as number, data['department'] as Uuid);
  },
  DepartmentLed: ({ data }, write) => {
    const update = 'UPDATE departments SET leader = ? WHERE department = ?';
    write(update, data['leader'] as Uuid | null, data['department'] as Uuid);
  },
  DepartmentAssigned: ({ data }, write) => {
    const department = data['department'] as Uuid | null;
    for (const account of data['accounts'] as Uuid[]) {
      if (department === null) write('DELETE FROM department_members WHERE account = ?', account);
      else write('INSERT OR REPLACE INTO department_members VALUES (?, ?)', account, department);
    }
  },
  DepartmentRemoved: ({ data }, write) => {
    write('DELETE FROM departments WHERE department = ?', data['department'] as Uuid);
    write('DELETE FROM department_members WHERE department = ?', data['department'] as Uuid);
  },
  AccountOpened: (event, write) => {
    const [address, realName] = [personalText(event, 'address'), personalText(event, 'realName')];
    write('INSERT INTO people VALUES (?, ?, ?)', idOf(event.stream), address, realName);
  },
  RealNameSet: (event, write) => {
    const update = 'UPDATE people SET real_name = ? WHERE account = ?';
    write(update, personalText(event, 'realName'), idOf(event.stream));
  },
};

export const departments = tableProjection({
  name: 'departments',
  version: 1,
  schema,
  opens: ['DepartmentAdded', 'DepartmentRenamed', 'AccountOpened', 'RealNameSet'],
  appliers,
  digestParts: [
    tablePart('departments', 'department'),
    tablePart('department_members', 'account'),
    tablePart('people', 'account'),
  ],
});
