import { Button, CloseButton, createTheme, Menu, Popover, SegmentedControl, Tooltip } from '@mantine/core';

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
  fontFamily: '"Inter Variable", ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  defaultRadius: 'sm',
  respectReducedMotion: true,
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Button: Button.extend({ styles: { label: { fontWeight: 500 } } }),
    CloseButton: CloseButton.extend({ styles: { root: { color: 'var(--quiet)' } } }),
    SegmentedControl: SegmentedControl.extend({
      styles: {
        root: { background: 'var(--well)', border: '1px solid var(--panel-line)', padding: 2 },
        indicator: { boxShadow: '0 1px 2px rgb(0 0 0 / 0.25)' },
      },
      defaultProps: { withItemsBorders: false },
    }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 450, withArrow: true, fz: 'xs', radius: 'sm' } }),
    Menu: Menu.extend({
      styles: {
        dropdown: { background: 'var(--panel)', borderColor: 'var(--panel-line)' },
        item: { fontSize: '0.8125rem' },
      },
    }),
    Popover: Popover.extend({ defaultProps: { shadow: 'md', radius: 'md' } }),
  },
});
