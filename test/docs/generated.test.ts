import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parseRule } from '../../policies/rule-language/parse-rule.ts';
import { sampleProblems } from '../../policies/rule-language/sample.ts';
import { eventsPage } from '../../services/docs/events-page.ts';
import { openApiPage } from '../../services/docs/openapi-page.ts';
import { refusalsPage } from '../../services/docs/refusals-page.ts';
import { rolesPage } from '../../services/docs/roles-page.ts';

import { exampleRule, ruleSchemaPage, rulesPage } from '../../services/docs/rules-page.ts';

const pages = {
  'events.md': eventsPage(),
  'refusals.md': refusalsPage(),
  'roles.md': rolesPage(),
  'rules.md': rulesPage(),
  'rule.schema.json': ruleSchemaPage(),
  'openapi.json': openApiPage(),
};

describe('generated pages', () => {
  for (const [name, page] of Object.entries(pages)) {
    test(`docs/${name} is what the code says (npm run docs)`, () => {
      assert.equal(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8'), page);
    });
  }

  test('the example of the rules is a rule, and its samples come out as they should', () => {
    const parsed = parseRule(exampleRule);
    assert.ok('rule' in parsed, JSON.stringify(parsed));
    assert.deepEqual(sampleProblems(parsed.rule, 0), []);
  });

  test('an event is shown with its members, clear and sealed', () => {
    const page = eventsPage([
      {
        name: 'thing',
        means: 'A thing.',
        events: {
          ThingDone: {
            version: 2,
            means: 'It was done.',
            clear: { how: 'oneOf:well|badly?', tag: 'tag' },
            personal: { why: 'in a | few words' },
          },
        },
      },
    ]);
    for (const line of [
      '## `thing-`',
      '### ThingDone (version 2)',
      '| `how` | oneOf?: `well`, `badly` |',
      '| `tag` | `tag` |',
      '| `why` | sealed: in a \\| few words |',
    ]) {
      assert.ok(page.split('\n').includes(line), line);
    }
  });
});
