/** The beginning: `/api/set-up`, and the DNS records of a domain. */
import type { Handlers } from './api-call.ts';
import type { setUpRoutes } from './contract/set-up.ts';

export const setUpHandlers: Handlers<typeof setUpRoutes> = {
  async setUp({ body }, { setUp, settle }) {
    const { token, domain, password, realName = '' } = body;
    const { administrator, records } = await setUp.carryOut(token, { domain, password, realName });
    await settle();
    return { administrator, records: records.map((record) => ({ ...record })) };
  },
  async showDomainRecords({ params }, { setUp }) {
    return { records: (await setUp.recordsFor(params.name)).map((record) => ({ ...record })) };
  },
};
