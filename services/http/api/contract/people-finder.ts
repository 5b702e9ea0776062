/** Whom one may write to here, offered while an address is typed. */
import Type from 'typebox';
import { strictObject } from './fields.ts';
import { route } from './route-declaration.ts';

export const peopleFinderRoutes = {
  findPeople: route({
    method: 'GET',
    path: '/api/directory',
    act: 'findPeople',
    concerns: 'own',
    rate: 'find',
    summary:
      'Finds people and groups here by the beginning of the address or a part of the name: eight at most, of two letters or one Chinese character on.',
    query: strictObject({ search: Type.String({ minLength: 1, maxLength: 100 }) }),
    answer: Type.Object({ items: Type.Array(Type.Object({ name: Type.String(), address: Type.String() })) }),
  }),
} as const;
