/** The words of the console in the language of now; apart from those of the mail pages, which do not load them. */
import { type ConsoleMessages, consoleEn } from './console-en.ts';
import { consoleZhCn } from './console-zh-cn.ts';
import { consoleZhTw } from './console-zh-tw.ts';
import { type Language, language } from './language.ts';

const tables = { 'zh-CN': consoleZhCn, 'zh-TW': consoleZhTw, en: consoleEn } as const satisfies Record<
  Language,
  ConsoleMessages
>;

export function consoleWords(): ConsoleMessages {
  return tables[language()];
}
