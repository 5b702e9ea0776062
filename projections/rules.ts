/** Rules through their versions, and what each of them did to mail. `rules-queries.ts` answers. */
import { parseRuleText } from '../policies/rule-language/parse-rule.ts';
import { idOf, type LoggedEvent } from '../services/domain/event.ts';
import type { Uuid } from '../services/domain/values.ts';
import { personalText } from './personal-text.ts';
import { type Find, type RowApplier, tablePart, tableProjection, type Write } from './table-projection.ts';

const schema = `
  CREATE TABLE rules (
    rule TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL, name TEXT NOT NULL, owner TEXT NOT NULL,
    start_at INTEGER, end_at INTEGER, failed_version INTEGER NOT NULL, withdrawn_reason TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE versions (
    rule TEXT, version INTEGER, at INTEGER NOT NULL, actor TEXT NOT NULL, digest TEXT NOT NULL, samples INTEGER NOT NULL,
    restores INTEGER, text TEXT NOT NULL, PRIMARY KEY (rule, version)) WITHOUT ROWID;
  CREATE TABLE effects (
    rule TEXT, version INTEGER, accepted INTEGER NOT NULL, refused INTEGER NOT NULL, last_at INTEGER NOT NULL,
    PRIMARY KEY (rule, version)) WITHOUT ROWID;
`;

const ruleAppliers: Readonly<Record<string, RowApplier>> = {
  RulePublished: (event, write) => {
    const { version, start, end, digest, samples, restores } = event.data;
    const text = personalText(event, 'text');
    const parsed = parseRuleText(text);
    const { name, owner } = 'rule' in parsed ? parsed.rule : { name: '', owner: '' };
    write(
      `INSERT INTO rules VALUES (?1, ?2, 'published', ?3, ?4, ?5, ?6, 0, '') ON CONFLICT DO UPDATE SET
         version = ?2, state = 'published', name = ?3, owner = ?4, start_at = ?5, end_at = ?6, withdrawn_reason = ''`,
      idOf(event.stream),
      version as number,
      name,
      owner,
      start as number | null,
      end as number | null,
    );
    write(
      'INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      idOf(event.stream),
      version as number,
      event.at,
      event.actor,
      digest as string,
      samples as number,
      restores as number | null,
      text,
    );
  },
  RuleWithdrawn: (event, write) => {
    const withdraw = `UPDATE rules SET state = 'withdrawn', withdrawn_reason = ? WHERE rule = ?`;
    write(withdraw, personalText(event, 'reason'), idOf(event.stream));
  },
  RuleFailed: ({ stream, data }, write) => {
    write('UPDATE rules SET failed_version = ? WHERE rule = ?', data['version'] as number, idOf(stream));
  },
};

function count(event: LoggedEvent, column: 'accepted' | 'refused', write: Write, find: Find): void {
  const versions = event.data['ruleVersions'] as readonly number[];
  for (const [i, rule] of (event.data['rules'] as readonly Uuid[]).entries()) {
    const version = versions[i]!;
    if (!find('SELECT 1 FROM effects WHERE rule = ? AND version = ?', rule, version))
      write('INSERT INTO effects VALUES (?, ?, 0, 0, 0)', rule, version);
    write(
      `UPDATE effects SET ${column} = ${column} + 1, last_at = max(last_at, ?) WHERE rule = ? AND version = ?`,
      event.at,
      rule,
      version,
    );
  }
}

export const rules = tableProjection({
  name: 'rules',
  version: 1,
  schema,
  opens: ['RulePublished', 'RuleWithdrawn'],
  appliers: {
    ...ruleAppliers,
    MessageAccepted: (event, write, find) => count(event, 'accepted', write, find),
    MessageRefused: (event, write, find) => count(event, 'refused', write, find),
  },
  digestParts: [
    tablePart('rules', 'rule'),
    tablePart('versions', 'rule, version'),
    tablePart('effects', 'rule, version'),
  ],
});
