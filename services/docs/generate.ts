/** Writes the generated pages under docs/: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import { eventsPage } from './events-page.ts';
import { openApiPage } from './openapi-page.ts';
import { refusalsPage } from './refusals-page.ts';
import { rolesPage } from './roles-page.ts';
import { ruleSchemaPage, rulesPage } from './rules-page.ts';

const docs = new URL('../../docs/', import.meta.url);

for (const [name, page] of [
  ['events.md', eventsPage()],
  ['refusals.md', refusalsPage()],
  ['roles.md', rolesPage()],
  ['rules.md', rulesPage()],
  ['rule.schema.json', ruleSchemaPage()],
  ['openapi.json', openApiPage()],
] as const) {
  writeFileSync(new URL(name, docs), page);
  process.stdout.write(`docs/${name}\n`);
}
