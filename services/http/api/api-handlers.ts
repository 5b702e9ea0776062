/** Who answers each route of the contract. */
import { accountHandlers } from './account-handlers.ts';
import type { Handlers } from './api-call.ts';
import type { ApiContract } from './contract/api-contract.ts';
import { sessionHandlers } from './session-handlers.ts';

export const apiHandlers: Handlers<ApiContract> = { ...sessionHandlers, ...accountHandlers };
