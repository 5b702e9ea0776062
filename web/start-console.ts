/** The beginning of the console's pages. */
import './console/muniment-console.ts';
import { theme, useTheme } from './elements/theme.ts';
import { language, useLanguage } from './i18n/language.ts';

useLanguage(language());
useTheme(theme());
