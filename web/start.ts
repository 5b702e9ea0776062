/** The beginning of the pages. */
import './webmail/muniment-app.ts';
import { theme, useTheme } from './elements/theme.ts';
import { language, useLanguage } from './i18n/language.ts';

useLanguage(language());
useTheme(theme());
