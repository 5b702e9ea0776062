/** What an administrator does to the departments: names and addresses become ids, one request one command. */
import { randomUUID } from 'node:crypto';
import type { Dispatcher } from '../dispatch.ts';
import type { DepartmentCommand, Departments } from '../domain/departments.ts';
import type { Actor } from '../domain/event.ts';
import { organisation } from '../domain/organisation.ts';
import { isRefusal, Refused, refuse } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { Tags } from '../tags.ts';
import type { Administration } from './administration.ts';

export interface DepartmentPlace {
  /** Name of the department above it; null at the top. */
  readonly under: string | null;
  /** Among its neighbours, 1 first; null: behind the last. */
  readonly order: number | null;
}

export interface DepartmentParts {
  readonly dispatcher: Pick<Dispatcher, 'dispatch' | 'load'>;
  readonly tags: Tags;
  readonly organisation: Uuid;
  readonly accounts: Pick<Administration, 'accountOf'>;
}

/** Every method throws `Refused` where the organisation says no. */
export class DepartmentAdministration {
  readonly #parts: DepartmentParts;

  constructor(parts: DepartmentParts) {
    this.#parts = parts;
  }

  async add(name: string, place: DepartmentPlace, leader: string | null, actor: Actor): Promise<Uuid> {
    const led = leader === null ? null : await this.#parts.accounts.accountOf(leader);
    const department = randomUUID();
    const tag = this.#parts.tags.department(name);
    await this.#perform(
      { kind: 'addDepartment', department, tag, name, ...(await this.#placed(place)) },
      actor,
    );
    if (led !== null) await this.#perform({ kind: 'leadDepartment', department, leader: led }, actor);
    return department;
  }

  async rename(name: string, to: string, actor: Actor): Promise<void> {
    const department = await this.departmentOf(name);
    const tag = this.#parts.tags.department(to);
    await this.#perform({ kind: 'renameDepartment', department, tag, name: to }, actor);
  }

  async move(name: string, place: DepartmentPlace, actor: Actor): Promise<void> {
    const department = await this.departmentOf(name);
    await this.#perform({ kind: 'moveDepartment', department, ...(await this.#placed(place)) }, actor);
  }

  /** `leader`: address; null: nobody. */
  async lead(name: string, leader: string | null, actor: Actor): Promise<void> {
    const department = await this.departmentOf(name);
    const account = leader === null ? null : await this.#parts.accounts.accountOf(leader);
    await this.#perform({ kind: 'leadDepartment', department, leader: account }, actor);
  }

  /** Everybody or nobody of the list; `name` null takes them out of whatever they are in. */
  async assign(name: string | null, addresses: readonly string[], actor: Actor): Promise<void> {
    const department = name === null ? null : await this.departmentOf(name);
    const accounts = await Promise.all(addresses.map((address) => this.#parts.accounts.accountOf(address)));
    await this.#perform({ kind: 'assignDepartment', department, accounts }, actor);
  }

  async remove(name: string, actor: Actor): Promise<void> {
    await this.#perform({ kind: 'removeDepartment', department: await this.departmentOf(name) }, actor);
  }

  async departmentOf(name: string): Promise<Uuid> {
    const found = (await this.#tree()).byTag.get(this.#parts.tags.department(name));
    if (found === undefined) throw new Refused(refuse('departmentNotFound', name));
    return found;
  }

  async #placed({ under, order }: DepartmentPlace): Promise<{ parent: Uuid | null; order: number }> {
    const parent = under === null ? null : await this.departmentOf(under);
    if (order !== null) return { parent, order };
    const neighbours = [...(await this.#tree()).byId.values()].filter((each) => each.parent === parent);
    return { parent, order: Math.max(0, ...neighbours.map((each) => each.order)) + 1 };
  }

  async #tree(): Promise<Departments> {
    const { dispatcher, organisation: id } = this.#parts;
    return (await dispatcher.load(organisation, id)).state.departments;
  }

  async #perform(command: DepartmentCommand, actor: Actor): Promise<void> {
    const { dispatcher, organisation: id } = this.#parts;
    const context = { actor, cause: null, now: Date.now() };
    const outcome = await dispatcher.dispatch(organisation, id, command, context);
    if (isRefusal(outcome)) throw new Refused(outcome);
  }
}
