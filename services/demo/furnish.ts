/** Puts the invented organisation into a house. What a start before has done already is taken as it is. */
import { type RefusalCode, Refused } from '../domain/refusals.ts';
import type { OpenHouse } from '../start/house.ts';
import { contractRule, contractRuleName } from './contract-rule.ts';
import { departments, firm, type PersonName, partnerDomain, passwordOf, personOf, staff } from './people.ts';

export async function furnishFirm(house: OpenHouse): Promise<void> {
  const { administration } = house;
  await unlessThere('domainTaken', () => administration.addDomain(firm, 'operator'));
  await administration.ensureAdministrator(passwordOf('admin'), 'operator');
  const { address, name: realName } = personOf('admin');
  await administration.changeAccount(address, { kind: 'setRealName', realName }, 'operator');
  for (const name of staff) await addPerson(house, name);
  await addDepartments(house);
  await house.projections.settle();
  const isThere = house.ruleHistory.list(Date.now()).some(({ name }) => name === contractRuleName);
  if (!isThere) await house.rules.publish(contractRule, null, null, 'operator');
}

/** Its first domain brings an administrator, who has no password there: nobody signs in as them. */
export async function furnishPartner(house: OpenHouse): Promise<void> {
  await unlessThere('domainTaken', () => house.administration.addDomain(partnerDomain, 'operator'));
  await addPerson(house, 'buyer');
}

async function addPerson({ administration }: OpenHouse, name: PersonName): Promise<void> {
  const { address, name: realName, roles } = personOf(name);
  const account = { address, password: passwordOf(name), realName, quotaOctets: 0, roles };
  await unlessThere('addressTaken', () => administration.addAccount(account, 'operator'));
}

async function addDepartments({ departments: administration }: OpenHouse): Promise<void> {
  const addressOf = (name: PersonName): string => personOf(name).address;
  for (const { name, leader, members } of departments) {
    const place = { under: null, order: null };
    await unlessThere('departmentExists', () =>
      administration.add(name, place, addressOf(leader), 'operator'),
    );
    await administration.assign(name, members.map(addressOf), 'operator');
  }
}

async function unlessThere(code: RefusalCode, add: () => Promise<unknown>): Promise<void> {
  try {
    await add();
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.refused !== code) throw error;
  }
}
