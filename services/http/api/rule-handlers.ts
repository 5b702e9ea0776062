/** Rules: `/api/rules`. */
import type { RuleRow, RuleVersionRow } from '../../../projections/rules-queries.ts';
import { Refused, refuse } from '../../domain/refusals.ts';
import type { DryRunReport } from '../../rules/dry-runs.ts';
import type { Handlers } from './api-call.ts';
import type { ApiParts } from './api-parts.ts';
import type { ruleRoutes } from './contract/rules.ts';
import { Names } from './names.ts';
import { triedMail } from './tried-mail.ts';

export const ruleHandlers: Handlers<typeof ruleRoutes> = {
  async listRules(_, { ruleHistory, settle }) {
    await settle();
    return { items: ruleHistory.list(Date.now()).map((row) => ({ ...row })) };
  },
  async showRule({ params }, parts) {
    const { row, versions } = await found(parts, params.rule);
    const names = new Names(parts.directory);
    return {
      ...row,
      versions: versions.map(({ actor, digest: _, ...version }) => ({
        ...version,
        by: names.ofActor(actor),
      })),
    };
  },
  async publishRule({ body, actor }, parts) {
    const { text, of = null, seenVersion } = body;
    if (of === null) await refuseSameName(parts, text);
    const published = await parts.rules.publish(text, of, null, actor, seenVersion);
    await parts.settle();
    return published;
  },
  async restoreRule({ params, body, actor }, parts) {
    const { versions } = await found(parts, params.rule);
    const wanted = versions.find(({ version }) => version === body.version);
    if (!wanted) throw new Refused(refuse('ruleNotFound', String(body.version)));
    const published = await parts.rules.publish(wanted.text, params.rule, wanted.version, actor);
    await parts.settle();
    return published;
  },
  async withdrawRule({ params, body, actor }, { rules, settle }) {
    await rules.withdraw(params.rule, body.reason, actor);
    await settle();
  },
  async tryRule(call, parts) {
    const { body } = call;
    const rule = parts.rules.read(body.text);
    const { part, recipients, around } = await parts.ruleTrial.try(rule, await triedMail(call, parts));
    return {
      outcome: part === null ? 'none' : part.outcome === 'undecidable' ? 'undecided' : part.outcome,
      actions: part?.actions.map((action) => action.do) ?? [],
      recipients: [...recipients],
      missing: [...(part?.missing ?? [])],
      reasons: (part?.reasons ?? []).map(({ at, test, count, places }) => ({
        at,
        test,
        count,
        places: places.map((place) => ({
          in: place.in,
          part: place.part,
          found: place.found,
          ...around(place),
        })),
      })),
    };
  },
  startDryRun({ body, caller }, { rules, dryRuns }) {
    return reportOf(dryRuns.start(caller.signedIn.account, rules.read(body.text), Date.now()));
  },
  showDryRun({ caller }, { dryRuns }) {
    return reportOf(dryRuns.reportTo(caller.signedIn.account));
  },
};

function reportOf(report: DryRunReport) {
  return { ...report, latest: report.latest.map((mail) => ({ ...mail })) };
}

async function found(
  { ruleHistory, settle }: ApiParts,
  id: string,
): Promise<{ row: RuleRow; versions: RuleVersionRow[] }> {
  await settle();
  const row = ruleHistory.find(id, Date.now());
  if (!row) throw new Refused(refuse('ruleNotFound'));
  return { row, versions: ruleHistory.versions(id) };
}

/** Two rules of one name would be mistaken for each other. */
async function refuseSameName({ rules, ruleHistory, settle }: ApiParts, text: string): Promise<void> {
  const { name } = rules.read(text);
  await settle();
  const isTaken = ruleHistory.list(Date.now()).some((row) => row.name === name && row.phase !== 'withdrawn');
  if (isTaken) throw new Refused(refuse('ruleNameTaken', name));
}
