/** Light, dark or as the system has it; kept in the browser. */

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const keptAs = 'muniment.theme';

export function theme(): Theme {
  const kept = localStorage.getItem(keptAs);
  return themes.find((each) => each === kept) ?? 'system';
}

export function useTheme(wanted: Theme): void {
  localStorage.setItem(keptAs, wanted);
  if (wanted === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = wanted;
}

/** What is shown now. */
export function isDark(): boolean {
  const wanted = theme();
  return wanted === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : wanted === 'dark';
}
