/** How the server is doing: `/api/health`. */
import type { Handlers } from './api-call.ts';
import type { healthRoutes } from './contract/health.ts';

export const healthHandlers: Handlers<typeof healthRoutes> = {
  async showHealth(_, { health }) {
    const report = await health();
    const { projections, reactions } = report;
    return {
      ...report,
      projections: { ...projections, each: projections.each.map((each) => ({ ...each })) },
      reactions: { ...reactions, each: reactions.each.map((each) => ({ ...each })) },
    };
  },
};
