/** Filters of queries: FilterOperators around conditions of a type (RFC 8620 §5.5). Pure. */
import { invalidArguments, MethodError } from './problem.ts';
import { isList, isMap, type Json, type JsonMap } from './request.ts';

/** A filter of any type: conditions in operators. */
export type Filter<C> =
  | { readonly operator: 'AND' | 'OR' | 'NOT'; readonly filters: readonly Filter<C>[] }
  | { readonly condition: C };

/** Operators within one another. */
const maxDepth = 20;
const maxConditions = 500;

/** `readCondition` reads one member of a FilterCondition; members that stand together must all be true. */
export function readFilter<C>(filter: JsonMap, readCondition: (name: string, value: Json) => C): Filter<C> {
  let conditions = 0;
  const read = (map: JsonMap, depth: number): Filter<C> => {
    if (depth > maxDepth) throw new MethodError('unsupportedFilter', 'the filter is nested too deeply');
    if ('operator' in map)
      return { operator: operatorOf(map), filters: inner(map).map((each) => read(each, depth + 1)) };
    const members = Object.entries(map);
    conditions += members.length;
    if (conditions > maxConditions)
      throw new MethodError('unsupportedFilter', 'the filter has too many conditions');
    return {
      operator: 'AND',
      filters: members.map(([name, value]) => ({ condition: readCondition(name, value) })),
    };
  };
  return read(filter, 0);
}

function operatorOf({ operator }: JsonMap): 'AND' | 'OR' | 'NOT' {
  if (operator === 'AND' || operator === 'OR' || operator === 'NOT') return operator;
  throw invalidArguments('filter has an unknown operator');
}

function inner({ conditions }: JsonMap): readonly JsonMap[] {
  if (isList(conditions) && conditions.every(isMap)) return conditions;
  throw invalidArguments('filter has an operator without conditions');
}

/** Whether the filter is true, where `holds` answers for a condition, or null where it does not know yet. */
export function judge<C>(filter: Filter<C>, holds: (condition: C) => boolean | null): boolean | null {
  if ('condition' in filter) return holds(filter.condition);
  const { operator, filters } = filter;
  // An AND is decided by the first false, the others by the first true.
  const decisive = operator !== 'AND';
  let judged: boolean | null = !decisive;
  for (const each of filters) {
    const one = judge(each, holds);
    if (one === decisive) return operator === 'OR';
    if (one === null) judged = null;
  }
  return judged === null ? null : operator !== 'OR';
}
