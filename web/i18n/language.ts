/** The language of the pages: chosen by the reader, kept in the browser, told to every element that shows words. */
import { en, type Messages } from './en.ts';
import { zhCn } from './zh-cn.ts';
import { zhTw } from './zh-tw.ts';

export const languages = { 'zh-CN': zhCn, 'zh-TW': zhTw, en } as const satisfies Record<string, Messages>;
export type Language = keyof typeof languages;

const keptAs = 'muniment.language';
const changed = new EventTarget();
let current: Language = isLanguage(localStorage.getItem(keptAs)) ?? languageFor(navigator.languages);

function isLanguage(name: string | null): Language | null {
  return name !== null && Object.hasOwn(languages, name) ? (name as Language) : null;
}

/** The first of the browser's languages that there is; Chinese by its script. */
export function languageFor(wishes: readonly string[]): Language {
  for (const wish of wishes) {
    if (/^zh\b.*\b(?:hant|tw|hk|mo)\b/i.test(wish)) return 'zh-TW';
    if (/^zh\b/i.test(wish)) return 'zh-CN';
    if (/^en\b/i.test(wish)) return 'en';
  }
  return 'en';
}

export function language(): Language {
  return current;
}

/** The words of the language of now. */
export function words(): Messages {
  return languages[current];
}

export function useLanguage(name: Language): void {
  current = name;
  localStorage.setItem(keptAs, name);
  document.documentElement.lang = name;
  changed.dispatchEvent(new Event('change'));
}

/** The returned function takes it back. */
export function onLanguage(listener: () => void): () => void {
  changed.addEventListener('change', listener);
  return () => changed.removeEventListener('change', listener);
}
