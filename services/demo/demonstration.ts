/** `serve --demo`: an invented firm with a partner elsewhere, and some weeks of mail between them. */
import type { Company, CompanyServer, OpenCompany } from '../start/serve.ts';
import { refuseRealFolder, withPartner } from './demo-config.ts';
import { furnishFirm, furnishPartner } from './furnish.ts';
import { type Houses, isPastMade, makePast } from './make-past.ts';
import { openPartner } from './partner.ts';
import { everybody, partnerDomain, passwordOf, personOf } from './people.ts';

export { demoConfig } from './demo-config.ts';

export const demonstration: Company = { open: openDemonstration };

async function openDemonstration(server: CompanyServer): Promise<OpenCompany> {
  refuseRealFolder(server.config.data);
  const partner = await openPartner(server);
  const isPartners = (login: string): boolean => login.toLowerCase().endsWith(`@${partnerDomain}`);
  return {
    config: withPartner(server.config, partner.smtpPort),
    imapHouseOf: (login) => (isPartners(login) ? partner.imap : null),
    furnish: async (running) => {
      await furnishOnce({ firm: running, partner: partner.running });
      return loginLines();
    },
    close: () => partner.close(),
  };
}

/** A demonstration that has been made is its user's: what they changed or removed stays so. */
async function furnishOnce(houses: Houses): Promise<void> {
  if (await isPastMade(houses)) return;
  await furnishFirm(houses.firm.house);
  await furnishPartner(houses.partner.house);
  await makePast(houses, (line) => process.stdout.write(`${line}\n`));
}

function loginLines(): string[] {
  const lines = everybody.map((name) => {
    const { address, name: realName, part } = personOf(name);
    return `  ${part.padEnd(18)}${address.padEnd(24)}${passwordOf(name).padEnd(16)}${realName}`;
  });
  return ['Demonstration: everybody who can reach it knows these passwords.', ...lines];
}
