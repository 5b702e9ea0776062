/** What the departments answer: the tree in the order in which it is shown. */
import type { Uuid } from '../services/domain/values.ts';
import type { DatabaseSource } from './projection.ts';
import { rowsOf } from './table-projection.ts';

export interface DepartmentMember {
  readonly account: Uuid;
  readonly address: string;
  readonly realName: string;
}

export interface DepartmentRow {
  readonly department: Uuid;
  readonly name: string;
  /** Null at the top. */
  readonly parent: Uuid | null;
  /** Departments above it. */
  readonly level: number;
  /** Among its neighbours, 1 first. */
  readonly order: number;
  readonly leader: Uuid | null;
  readonly leaderAddress: string | null;
  /** Ordered by address; without those of departments below. */
  readonly members: readonly DepartmentMember[];
}

type StoredRow = Omit<DepartmentRow, 'level' | 'members'>;

export class DepartmentTree {
  readonly #source: DatabaseSource;

  constructor(source: DatabaseSource) {
    this.#source = source;
  }

  /** Each department followed by those below it. */
  list(): DepartmentRow[] {
    const rows = rowsOf<StoredRow>(
      this.#source,
      `SELECT department, name, parent, place AS "order", leader,
        (SELECT address FROM people WHERE people.account = leader) AS leaderAddress
       FROM departments ORDER BY place, name, department`,
    );
    const below = Map.groupBy(rows, ({ parent }) => parent);
    const members = this.#members();
    const listed = (parent: Uuid | null, level: number): DepartmentRow[] =>
      (below.get(parent) ?? []).flatMap((row) => [
        { ...row, level, members: members.get(row.department) ?? [] },
        ...listed(row.department, level + 1),
      ]);
    return listed(null, 0);
  }

  #members(): Map<Uuid, DepartmentMember[]> {
    const rows = rowsOf<DepartmentMember & { department: Uuid }>(
      this.#source,
      `SELECT department, department_members.account, coalesce(address, '') AS address,
        coalesce(real_name, '') AS realName
       FROM department_members LEFT JOIN people USING (account) ORDER BY address, account`,
    );
    const grouped = new Map<Uuid, DepartmentMember[]>();
    for (const { department, ...member } of rows)
      grouped.set(department, [...(grouped.get(department) ?? []), member]);
    return grouped;
  }
}
