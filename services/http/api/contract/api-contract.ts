/** Every route of `/api/`. Add a table of a new room here; the compiler then asks for its handlers. */
import { accountRoutes } from './accounts.ts';
import { sessionRoutes } from './session.ts';

export const apiContract = { ...sessionRoutes, ...accountRoutes } as const;

export type ApiContract = typeof apiContract;
