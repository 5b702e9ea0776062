/** Who is there: the people of the invented firm, and its partner. */
import type { GrantedRole } from '../domain/account.ts';

export interface Person {
  readonly address: string;
  readonly name: string;
  /** For the start-up text. */
  readonly part: string;
  readonly roles: readonly GrantedRole[];
}

export const firm = 'acme.example';
export const partnerDomain = 'outside.example';

const people = {
  wang: { address: `wang@${firm}`, name: '王芳', part: 'staff', roles: [] },
  li: { address: `li@${firm}`, name: '李娜', part: 'manager', roles: [] },
  zhao: { address: `zhao@${firm}`, name: '赵强', part: 'deputy', roles: [] },
  chen: { address: `chen@${firm}`, name: '陈静', part: 'auditor', roles: ['auditor'] },
  admin: { address: `admin@${firm}`, name: '管理员', part: 'administrator', roles: ['administrator'] },
  buyer: { address: `buyer@${partnerDomain}`, name: 'Emily Carter', part: 'partner', roles: [] },
} as const satisfies Record<string, Person>;

export type PersonName = keyof typeof people;

export function personOf(name: PersonName): Person {
  return people[name];
}

export const staff = ['wang', 'li', 'zhao', 'chen'] as const;
export const everybody = [...staff, 'admin', 'buyer'] as const satisfies readonly PersonName[];

/** Whose mailbox is in the partner's house. */
export function isWithPartner(name: PersonName): boolean {
  return personOf(name).address.endsWith(`@${partnerDomain}`);
}

/** Known to everybody who has read this: `demo-Wang-1`. */
export function passwordOf(name: PersonName): string {
  return `demo-${name[0]!.toUpperCase()}${name.slice(1)}-1`;
}

export const departments: readonly {
  readonly name: string;
  readonly leader: PersonName;
  readonly members: readonly PersonName[];
}[] = [
  { name: '销售部', leader: 'li', members: ['li', 'zhao', 'wang'] },
  { name: '审计部', leader: 'chen', members: ['chen'] },
  { name: '信息部', leader: 'admin', members: ['admin'] },
];
