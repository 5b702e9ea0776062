/** The form of a rule asks for every member of the language, and has a word for each in every language; what it makes is a rule. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseRule } from '../../policies/rule-language/parse-rule.ts';
import { ruleFrameSchema, scopeSchema } from '../../policies/rule-language/rule.ts';
import { actionSchemas } from '../../policies/rule-language/rule-actions.ts';
import { conditionSchemas } from '../../policies/rule-language/rule-conditions.ts';
import {
  actionFields,
  headFields,
  joints,
  type RuleField,
  scopeFields,
  testFields,
} from '../../web/console/rules/rule-fields.ts';
import { ruleLines } from '../../web/console/rules/rule-lines.ts';
import { presetNames, presetRule } from '../../web/console/rules/rule-presets.ts';
import {
  innerOf,
  joinedBy,
  missingIn,
  newCondition,
  ofKind,
  type Part,
  withMember,
} from '../../web/console/rules/rule-value.ts';
import { rulesEn } from '../../web/i18n/rules/en.ts';
import { optionWord, type RuleMessages } from '../../web/i18n/rules/rule-words.ts';
import { rulesZhCn } from '../../web/i18n/rules/zh-cn.ts';
import { rulesZhTw } from '../../web/i18n/rules/zh-tw.ts';

type Schema = {
  readonly properties: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
};

const tables: readonly RuleMessages[] = [rulesEn, rulesZhCn, rulesZhTw];
/** What is asked for besides members: the frame has whole parts, samples stand in the JSON. */
const partsOfFrame = ['scope', 'when', 'except', 'actions', 'samples'];

function fitted(of: string, fields: readonly RuleField[], schema: Schema, besides: readonly string[]): void {
  const members = Object.keys(schema.properties).filter((name) => !besides.includes(name));
  assert.deepEqual(fields.map(({ name }) => name).sort(), members.sort(), of);
  const required = (schema.required ?? []).filter((name) => !besides.includes(name));
  assert.deepEqual(
    fields.flatMap(({ name, isRequired }) => (isRequired ? [name] : [])).sort(),
    [...required].sort(),
    of,
  );
  for (const { name, options } of fields) {
    const allowed = optionsIn(schema.properties[name]!);
    if (allowed !== null) assert.deepEqual([...(options ?? [])].sort(), allowed.sort(), `${of} ${name}`);
  }
}

/** Of an enumeration, or of a list of one; null where anything may stand there. */
function optionsIn(schema: object): string[] | null {
  const { enum: own, items } = schema as { readonly enum?: string[]; readonly items?: object };
  return own ? [...own] : items ? optionsIn(items) : null;
}

describe('the form of a rule', () => {
  test('asks for every member of the language, with its choices', () => {
    fitted('head', headFields, ruleFrameSchema as unknown as Schema, partsOfFrame);
    fitted('scope', scopeFields, scopeSchema as unknown as Schema, []);
    assert.deepEqual(Object.keys(testFields).sort(), Object.keys(conditionSchemas).sort());
    for (const [name, schema] of Object.entries(conditionSchemas))
      fitted(name, testFields[name]!, schema as unknown as Schema, ['test']);
    assert.deepEqual(Object.keys(actionFields).sort(), Object.keys(actionSchemas).sort());
    for (const [name, schema] of Object.entries(actionSchemas))
      fitted(name, actionFields[name]!, schema as unknown as Schema, ['do']);
  });

  test('has a word for each of them in every language', () => {
    const groups: [string, readonly RuleField[]][] = [
      ['head', headFields],
      ['scope', scopeFields],
      ...Object.entries(testFields),
      ...Object.entries(actionFields),
    ];
    for (const table of tables) {
      for (const kind of [...Object.keys(testFields), ...joints]) assert.ok(`kind.${kind}` in table, kind);
      for (const action of Object.keys(actionFields)) assert.ok(`action.${action}` in table, action);
      for (const [of, fields] of groups) {
        for (const { name, kind, options = [] } of fields) {
          assert.ok(`field.${of}.${name}` in table, `${of} ${name}`);
          for (const option of kind === 'people' ? [] : options)
            assert.ok(
              ['SPF', 'DKIM', 'DMARC', 'ARC'].includes(optionWord(table, of, option)) ||
                `option.${option}` in table,
              `${of} ${option}`,
            );
        }
      }
    }
  });

  test('says its words in the language of each', () => {
    const said = (table: RuleMessages) =>
      Object.entries(table).map(
        ([key, value]) => [key, typeof value === 'string' ? value : value(3 as never, 7 as never)] as const,
      );
    for (const table of [rulesZhCn, rulesZhTw])
      for (const [key, text] of said(table)) {
        assert.match(text, /[\u4e00-\u9fff]/, key);
        assert.doesNotMatch(text, /[A-Za-z]{2}/, key);
      }
    for (const [key, text] of said(rulesEn)) assert.doesNotMatch(text, /[\u3400-\u9fff]/, key);
    for (const [key, text] of said(rulesZhTw))
      assert.doesNotMatch(text, /[邮无与开发时应该选显图删设语规则监证书级间传询后]/u, key);
  });

  test('begins with presets that are rules, but for what only people know', () => {
    for (const words of tables) {
      for (const name of presetNames) {
        const rule = presetRule(name, 'li@acme.example', words);
        assert.deepEqual(missingIn(rule), name === 'words' ? ['when › words'] : [], name);
        const filled = JSON.parse(
          JSON.stringify(rule)
            .replaceAll('"people":[]', '"people":["wang@acme.example"]')
            .replaceAll('"words":[]', '"words":["x"]'),
        );
        const parsed = parseRule(filled);
        assert.ok('rule' in parsed, `${name}: ${JSON.stringify(parsed)}`);
      }
    }
  });
});

describe('a rule in the form', () => {
  const word: Part = { test: 'text', in: ['subject'], words: ['x'] };

  test('keeps what is inside when conditions are joined and taken apart', () => {
    assert.deepEqual(ofKind(word, 'all'), { all: [word] });
    assert.deepEqual(ofKind({ all: [word, word] }, 'any'), { any: [word, word] });
    assert.deepEqual(ofKind(word, 'not'), { not: word });
    assert.deepEqual(ofKind({ not: word }, 'all'), { all: [word] });
    assert.deepEqual(innerOf({ not: word }), [word]);
    assert.deepEqual(joinedBy(undefined, word), word);
    assert.deepEqual(joinedBy(word, word), { all: [word, word] });
    assert.deepEqual(joinedBy({ all: [word] }, word), { all: [word, word] });
    assert.deepEqual(joinedBy({ any: [word] }, word), { all: [{ any: [word] }, word] });
  });

  test('loses a member that is empty', () => {
    assert.deepEqual(withMember({ a: 1, b: 2 }, 'b', undefined), { a: 1 });
    assert.deepEqual(withMember({ a: 1 }, 'b', 2), { a: 1, b: 2 });
  });

  test('names what is missing as the server names places', () => {
    const rule = {
      name: 'x',
      owner: '',
      scope: {},
      when: { all: [word, { not: { test: 'recipients' } }] },
      except: [newCondition()],
      actions: [{ do: 'refuse' }],
    };
    assert.deepEqual(missingIn(rule), [
      'owner',
      'reason',
      'when › all › 2 › not › over',
      'except › 1 › words',
      'actions › 1 › text',
    ]);
    assert.deepEqual(missingIn({ name: 'x', reason: 'y', owner: 'z', scope: {}, actions: [] }), ['actions']);
  });

  test('is read in lines of words, a line for each word of a list', () => {
    const rule = {
      name: 'Prices',
      reason: 'secret',
      owner: 'li@acme.example',
      scope: { direction: 'sent' },
      when: { any: [{ ...word, words: ['price', 'offer'], in: ['subject', 'header:X-Deal'] }] },
      actions: [{ do: 'holdForApproval', reviewer: 'leader', deadlineHours: 8, atDeadline: 'return' }],
    };
    assert.deepEqual(ruleLines(JSON.stringify(rule), rulesEn), [
      'Name: Prices',
      'Who answers for it (address): li@acme.example',
      'Why there is this rule: secret',
      'Whose mail',
      '  Mail that is: sent by them',
      'What has to be true',
      '  at least one of these',
      '    words stand in it',
      '      Words or phrases',
      '        price',
      '        offer',
      '      Look in',
      '        Subject',
      '        header:X-Deal',
      'What is done',
      '  hold it for approval',
      '    Who decides: the leader over whoever’s mail it is',
      '    Deadline (working hours): 8',
      '    At the deadline: goes back to the sender',
    ]);
    assert.deepEqual(ruleLines('no\nrule', rulesEn), ['no', 'rule']);
  });
});
