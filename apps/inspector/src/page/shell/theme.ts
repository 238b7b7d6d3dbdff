/** How the page is coloured: light, dark, or as the system is. */
export type Theme = 'system' | 'light' | 'dark';

const dark = window.matchMedia('(prefers-color-scheme: dark)');
let chosen: Theme = 'system';

/** Colours the page, and goes along with the system while that is asked for. */
export function setTheme(theme: Theme): void {
  chosen = theme;
  document.documentElement.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
}

dark.addEventListener('change', () => setTheme(chosen));
