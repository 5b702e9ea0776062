/** The words of rules in the language of now. */
import { type Language, language } from '../language.ts';
import { rulesEn } from './en.ts';
import type { RuleMessages } from './rule-words.ts';
import { rulesZhCn } from './zh-cn.ts';
import { rulesZhTw } from './zh-tw.ts';

const tables = { 'zh-CN': rulesZhCn, 'zh-TW': rulesZhTw, en: rulesEn } as const satisfies Record<
  Language,
  RuleMessages
>;

export function ruleWords(): RuleMessages {
  return tables[language()];
}
