/** A rule in lines that people read, so that two versions can be compared. Pure. */
import { optionWord, type RuleMessages, wordAt } from '../../i18n/rules/rule-words.ts';
import { actionFields, headFields, type RuleField, scopeFields, testFields } from './rule-fields.ts';
import { innerOf, kindOf, type Part, partOf, partsOf, textsOf } from './rule-value.ts';

/** The text itself where it is no rule. */
export function ruleLines(text: string, words: RuleMessages): string[] {
  let rule: Part;
  try {
    rule = partOf(JSON.parse(text));
  } catch {
    return text.split('\n');
  }
  const { when } = rule;
  const except = partsOf(rule['except']);
  const samples = partsOf(rule['samples']);
  return [
    ...memberLines('head', headFields, rule, words, ''),
    ...titled(words.scope, memberLines('scope', scopeFields, partOf(rule['scope']), words, '  ')),
    ...titled(words.conditions, when === undefined ? [] : conditionLines(partOf(when), words, '  ')),
    ...titled(
      words.exceptions,
      except.flatMap((condition) => conditionLines(condition, words, '  ')),
    ),
    ...titled(
      words.actions,
      partsOf(rule['actions']).flatMap((action) => actionLines(action, words)),
    ),
    ...samples.map((sample) => JSON.stringify(sample)),
  ];
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

function conditionLines(condition: Part, words: RuleMessages, indent: string): string[] {
  const kind = kindOf(condition);
  const head = `${indent}${wordAt(words, `kind.${kind}`)}`;
  const inner = innerOf(condition);
  if (inner.length > 0) return [head, ...inner.flatMap((each) => conditionLines(each, words, `${indent}  `))];
  return [head, ...memberLines(kind, testFields[kind] ?? [], condition, words, `${indent}  `)];
}

function actionLines(action: Part, words: RuleMessages): string[] {
  const name = String(action['do'] ?? '');
  return [
    `  ${wordAt(words, `action.${name}`)}`,
    ...memberLines(name, actionFields[name] ?? [], action, words, '    '),
  ];
}

/** Lists have a line for each of their texts. */
function memberLines(
  of: string,
  fields: readonly RuleField[],
  part: Part,
  words: RuleMessages,
  indent: string,
): string[] {
  return fields.flatMap((field) => {
    const value = part[field.name];
    if (value === undefined) return [];
    const label = `${indent}${wordAt(words, `field.${of}.${field.name}`)}`;
    const said = (text: string): string =>
      field.kind === 'choices' ||
      field.kind === 'choice' ||
      field.kind === 'places' ||
      field.kind === 'reviewer'
        ? valueWord(words, of, text)
        : text;
    if (Array.isArray(value)) return [label, ...textsOf(value).map((text) => `${indent}  ${said(text)}`)];
    return [`${label}: ${said(String(value))}`];
  });
}

function valueWord(words: RuleMessages, of: string, text: string): string {
  return text.startsWith('header:') || text.includes('@') ? text : optionWord(words, of, text);
}
