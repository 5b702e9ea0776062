/** `docs/roles.md`, out of the table of access. */
import { type Act, acts, type Grantee, programActs, ruleOf } from '../../policies/access.ts';
import { roles } from '../domain/account.ts';
import { code, generatedNotice, table } from './markdown.ts';

const grantees: readonly Grantee[] = [...roles, 'operator', 'system', 'anybody'];

const intro = `Who may do what: the table of \`policies/access.ts\`, which every door asks before it acts. *own*: with one's own mail and
account; *all*: with everybody's, and with what belongs to the installation. Every account is staff; the other roles are
granted and add up. The operator is the command line on this machine, the system
the server itself. Anybody is whoever connects without signing in. A session that was opened with an application password has
${programActs.map(code).join(', ')} of its own account, whatever roles that has, and what anybody has.`;

export function rolesPage(): string {
  const rows = acts.map((act) => [
    code(act),
    ruleOf(act).means,
    ...grantees.map((grantee) => grantOf(act, grantee)),
  ]);
  const head = ['act', 'means', ...grantees];
  return `# Roles\n\n${generatedNotice}\n\n${intro}\n\n${table(head, rows)}\n`;
}

/** What everybody has, and what staff has of its own, need not be granted again. */
function grantOf(act: Act, grantee: Grantee): string {
  const { own, any } = ruleOf(act);
  if (grantee === 'system') return any.includes('system') ? 'all' : '';
  const held: readonly Grantee[] =
    grantee === 'operator' || grantee === 'anybody' ? ['anybody', grantee] : ['anybody', 'staff', grantee];
  if (held.some((each) => any.includes(each))) return 'all';
  return held.some((each) => own.includes(each)) ? 'own' : '';
}
