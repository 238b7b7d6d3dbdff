import { useState } from 'react';
import { setTheme, type Theme } from './theme.ts';

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };

/** Light, dark, or as the system has it. */
export function ThemeButton() {
  const [theme, setChosen] = useState<Theme>('system');
  const choose = (): void => {
    setChosen(NEXT[theme]);
    setTheme(NEXT[theme]);
  };
  return (
    <button type="button" onClick={choose}>
      Theme: {theme}
    </button>
  );
}
