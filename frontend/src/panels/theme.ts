import { createTheme, Popover, Tooltip } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'sky',
  primaryShade: { light: 7, dark: 5 },
  colors: {
    // One quiet blue; the sky has the colours.
    sky: ['#eef5ff', '#dbe8fb', '#b6cff5', '#8db4f0', '#6a9dec', '#5590ea', '#4484e0', '#2f6fcb', '#2562b6', '#1553a0'],
    dark: [
      '#d5dae3',
      '#a9b2c1',
      '#7f8a9c',
      '#5b6679',
      '#3a4455',
      '#2a3341',
      '#1c2430',
      '#141a24',
      '#0e131b',
      '#090c12',
    ],
  },
  fontFamily: 'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  defaultRadius: 'sm',
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 450, withArrow: true, fz: 'xs' } }),
    Popover: Popover.extend({ defaultProps: { shadow: 'md', radius: 'md' } }),
  },
});
