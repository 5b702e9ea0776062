/**
 * Departments, in the organisation's stream: a tree with leaders, so that a move that would close a ring is seen by the
 * one decision. Names are sealed, their tags tell them apart; a person is in one department or in none (ACC-30, ACC-31).
 */
import { defineEvents } from './event-type.ts';
import { type Decision, drafterOf, type FactOf } from './fact.ts';
import { refuse } from './refusals.ts';
import type { Uuid } from './values.ts';

export const departmentEvents = defineEvents({
  DepartmentAdded: {
    version: 1,
    means: 'There is a department from here on, below another or at the top.',
    clear: {
      department: 'uuid',
      tag: 'tag',
      parent: 'uuid?',
      /** Among its neighbours, 1 first. */
      order: 'integer',
    },
    personal: { name: 'its name' },
  },
  DepartmentRenamed: {
    version: 1,
    means: 'A department has another name.',
    clear: { department: 'uuid', tag: 'tag' },
    personal: { name: 'its name' },
  },
  DepartmentMoved: {
    version: 1,
    means: 'A department has another place in the tree or among its neighbours.',
    clear: { department: 'uuid', parent: 'uuid?', order: 'integer' },
  },
  DepartmentLed: {
    version: 1,
    means: 'A department has another leader, or none.',
    clear: { department: 'uuid', leader: 'uuid?' },
  },
  DepartmentAssigned: {
    version: 1,
    means: 'People belong to that department from here on; to none where it is null.',
    clear: { department: 'uuid?', accounts: 'uuids' },
  },
  DepartmentRemoved: {
    version: 1,
    means: 'A department is no more; whoever was in it is in none.',
    clear: { department: 'uuid' },
  },
});

export type DepartmentCommand =
  | {
      readonly kind: 'addDepartment';
      readonly department: Uuid;
      /** Of `name`: `Tags.department`. */
      readonly tag: string;
      readonly name: string;
      readonly parent: Uuid | null;
      readonly order: number;
    }
  | {
      readonly kind: 'renameDepartment';
      readonly department: Uuid;
      readonly tag: string;
      readonly name: string;
    }
  | {
      readonly kind: 'moveDepartment';
      readonly department: Uuid;
      readonly parent: Uuid | null;
      readonly order: number;
    }
  | { readonly kind: 'leadDepartment'; readonly department: Uuid; readonly leader: Uuid | null }
  | {
      readonly kind: 'assignDepartment';
      readonly department: Uuid | null;
      readonly accounts: readonly Uuid[];
    }
  | { readonly kind: 'removeDepartment'; readonly department: Uuid };

interface Department {
  readonly tag: string;
  readonly parent: Uuid | null;
  readonly order: number;
  readonly leader: Uuid | null;
}

export interface Departments {
  readonly byId: Map<Uuid, Department>;
  readonly byTag: Map<string, Uuid>;
  /** Account -> its department. */
  readonly ofAccount: Map<Uuid, Uuid>;
}

/** Levels of the tree; people do not find their way in a deeper one. */
export const maxDepartmentLevels = 20;
const maxNameCharacters = 200;
/** One event keeps within the bounds of a record. */
export const maxAssignedAtOnce = 1000;

const draft = drafterOf(departmentEvents);
const unchanged: Decision = { events: [] };

export function noDepartments(): Departments {
  return { byId: new Map(), byTag: new Map(), ofAccount: new Map() };
}

export function decideDepartment(tree: Departments, command: DepartmentCommand): Decision {
  switch (command.kind) {
    case 'addDepartment':
      return decideAdded(tree, command);
    case 'assignDepartment':
      return decideAssigned(tree, command);
    default: {
      const known = tree.byId.get(command.department);
      return known ? decideChange(tree, known, command) : refuse('departmentNotFound');
    }
  }
}

function decideAdded(
  tree: Departments,
  { department, tag, name, parent, order }: DepartmentCommand & { kind: 'addDepartment' },
): Decision {
  if (!isName(name)) return refuse('departmentNameInvalid');
  if (tree.byTag.has(tag) || tree.byId.has(department)) return refuse('departmentExists');
  if (parent !== null && !tree.byId.has(parent)) return refuse('departmentNotFound');
  if (aboveOf(tree, parent).length >= maxDepartmentLevels) return refuse('departmentTooDeep');
  return { events: [draft('DepartmentAdded', { department, tag, parent, order }, { name })] };
}

function decideAssigned(
  { byId, ofAccount }: Departments,
  { department, accounts }: DepartmentCommand & { kind: 'assignDepartment' },
): Decision {
  if (department !== null && !byId.has(department)) return refuse('departmentNotFound');
  const moved = [...new Set(accounts)].filter((account) => (ofAccount.get(account) ?? null) !== department);
  if (moved.length > maxAssignedAtOnce) return refuse('requestTooLarge');
  return moved.length === 0
    ? unchanged
    : { events: [draft('DepartmentAssigned', { department, accounts: moved })] };
}

type Change = Exclude<DepartmentCommand, { kind: 'addDepartment' | 'assignDepartment' }>;

function decideChange(tree: Departments, known: Department, command: Change): Decision {
  const { department } = command;
  switch (command.kind) {
    case 'renameDepartment':
      return decideRenamed(tree, command);
    case 'moveDepartment':
      return decideMoved(tree, known, command);
    case 'leadDepartment':
      if (known.leader === command.leader) return unchanged;
      return { events: [draft('DepartmentLed', { department, leader: command.leader })] };
    case 'removeDepartment':
      if ([...tree.byId.values()].some(({ parent }) => parent === department))
        return refuse('departmentHasOthers');
      return { events: [draft('DepartmentRemoved', { department })] };
  }
}

function decideRenamed(
  { byTag }: Departments,
  { department, tag, name }: Change & { kind: 'renameDepartment' },
): Decision {
  if (!isName(name)) return refuse('departmentNameInvalid');
  if ((byTag.get(tag) ?? department) !== department) return refuse('departmentExists');
  return { events: [draft('DepartmentRenamed', { department, tag }, { name })] };
}

function decideMoved(
  tree: Departments,
  known: Department,
  { department, parent, order }: Change & { kind: 'moveDepartment' },
): Decision {
  if (parent !== null && !tree.byId.has(parent)) return refuse('departmentNotFound');
  const above = aboveOf(tree, parent);
  if (above.includes(department)) return refuse('departmentBelowItself');
  if (above.length + levelsOf(tree, department) > maxDepartmentLevels) return refuse('departmentTooDeep');
  if (known.parent === parent && known.order === order) return unchanged;
  return { events: [draft('DepartmentMoved', { department, parent, order })] };
}

/** The department and those above it, the nearest first. */
export function aboveOf({ byId }: Departments, department: Uuid | null): Uuid[] {
  const above: Uuid[] = [];
  for (let each = department; each !== null; each = byId.get(each)?.parent ?? null) above.push(each);
  return above;
}

/** The department and everything below it. */
export function belowOf({ byId }: Departments, department: Uuid): Set<Uuid> {
  const below = new Set([department]);
  // A set that grows while it is walked is walked to its new end.
  for (const each of below) for (const [id, { parent }] of byId) if (parent === each) below.add(id);
  return below;
}

/** Leaders over somebody, the nearest first; nobody leads themselves. */
export function leadersOver(tree: Departments, account: Uuid): Uuid[] {
  const leaders = aboveOf(tree, tree.ofAccount.get(account) ?? null).flatMap(
    (department) => tree.byId.get(department)?.leader ?? [],
  );
  return [...new Set(leaders)].filter((leader) => leader !== account);
}

function levelsOf(tree: Departments, department: Uuid): number {
  const above = aboveOf(tree, department).length;
  return Math.max(...[...belowOf(tree, department)].map((each) => aboveOf(tree, each).length)) - above + 1;
}

function isName(name: string): boolean {
  return name.trim() === name && name !== '' && name.length <= maxNameCharacters && !/\p{Cc}/u.test(name);
}

export function evolveDepartment(
  { byId, byTag, ofAccount }: Departments,
  { type, data }: FactOf<typeof departmentEvents>,
): void {
  const known = type === 'DepartmentAssigned' ? undefined : byId.get(data.department);
  switch (type) {
    case 'DepartmentAdded': {
      const { department, tag, parent, order } = data;
      byId.set(department, { tag, parent, order, leader: null });
      byTag.set(tag, department);
      break;
    }
    case 'DepartmentRenamed':
      byTag.delete(known!.tag);
      byTag.set(data.tag, data.department);
      byId.set(data.department, { ...known!, tag: data.tag });
      break;
    case 'DepartmentMoved':
      byId.set(data.department, { ...known!, parent: data.parent, order: data.order });
      break;
    case 'DepartmentLed':
      byId.set(data.department, { ...known!, leader: data.leader });
      break;
    case 'DepartmentAssigned':
      for (const account of data.accounts) {
        if (data.department === null) ofAccount.delete(account);
        else ofAccount.set(account, data.department);
      }
      break;
    case 'DepartmentRemoved':
      byId.delete(data.department);
      byTag.delete(known!.tag);
      for (const [account, of] of ofAccount) if (of === data.department) ofAccount.delete(account);
      break;
  }
}
