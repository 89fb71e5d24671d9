import { ActionIcon, Menu, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useClipboard, useFullscreenDocument } from '@mantine/hooks';
import {
  IconAdjustmentsHorizontal,
  IconArrowsHorizontal,
  IconBrandPython,
  IconCheck,
  IconDotsVertical,
  IconDownload,
  IconFocusCentered,
  IconGrid4x4,
  IconHelp,
  IconLayoutColumns,
  IconLink,
  IconMarquee2,
  IconMaximize,
  IconMinus,
  IconMoon,
  IconPhoto,
  IconPinned,
  IconSearch,
  IconShare,
  IconSun,
  IconZoomIn,
  IconZoomOut,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import * as act from '../state/actions';
import { useStore } from '../state/store';
import type { Comparison } from '../state/view';
import { useMap } from './mapHandle';
import classes from './Toolbar.module.css';
import { useFigure } from './useFigure';
import { useWholeMap } from './useWholeMap';

interface Tool {
  label: string;
  keys?: string;
  icon: ReactNode;
  isOn?: boolean;
  isOff?: boolean;
  act(): void;
}

/** Tools that share a button: a menu where there is room for buttons, a part of the menu where there is not. */
interface ToolGroup extends Omit<Tool, 'act'> {
  tools: readonly Tool[];
}

const LINES = { none: 'off', equatorial: 'equatorial', galactic: 'galactic' } as const;

/** What can be done with the sky, as buttons; those used less are in a menu where the window is narrow. */
export function Toolbar({ isWide }: { isWide: boolean }) {
  const often = useOften();
  const seldom = useSeldom();
  const row = isWide ? [...often, ...seldom] : often.filter(({ label }) => !label.startsWith('Zoom'));
  return (
    <div className={classes.bar} role="toolbar" aria-label="Tools">
      {row.map((tool) =>
        'tools' in tool ? <GroupButton key={tool.label} group={tool} /> : <ToolButton key={tool.label} tool={tool} />,
      )}
      {!isWide && <MoreMenu tools={seldom.flatMap((tool) => ('tools' in tool ? tool.tools : tool))} />}
    </div>
  );
}

function useOften(): Tool[] {
  const panels = useStore((store) => store.panels);
  const toggle = useStore((store) => store.toggle);
  const map = useMap();
  return [
    { label: 'Go to', keys: '/', icon: <IconSearch />, act: () => toggle('goto', true) },
    { label: 'Zoom in', keys: '+', icon: <IconZoomIn />, act: () => map.current?.gaze.nudge({ zoom: 2 }) },
    { label: 'Zoom out', keys: '−', icon: <IconZoomOut />, act: () => map.current?.gaze.nudge({ zoom: 0.5 }) },
    {
      label: 'Catalogues',
      keys: 'k',
      icon: <IconPinned />,
      isOn: panels.overlays,
      act: () => toggle('overlays'),
    },
    { label: 'Regions', keys: 'e', icon: <IconMarquee2 />, isOn: panels.regions, act: () => toggle('regions') },
    {
      label: 'Colour',
      keys: 'c',
      icon: <IconAdjustmentsHorizontal />,
      isOn: panels.colour,
      act: () => toggle('colour'),
    },
  ];
}

function comparisons(mode: Comparison | undefined, isOff: boolean): Tool[] {
  const tool = (name: Comparison, label: string, keys: string, icon: ReactNode): Tool => ({
    label,
    keys,
    icon,
    isOn: mode === name,
    isOff,
    act: () => act.compare(name),
  });
  return [
    tool('swipe', 'Swipe', 'v', <IconArrowsHorizontal />),
    tool('beside', 'Side by side', '2', <IconLayoutColumns />),
    tool('minus', 'Difference', 'z', <IconMinus />),
  ];
}

function useSeldom(): (Tool | ToolGroup)[] {
  const view = useStore((store) => store.view);
  const toggle = useStore((store) => store.toggle);
  const { toggle: toggleFullscreen, fullscreen } = useFullscreenDocument();
  const clipboard = useClipboard({ timeout: 1500 });
  const whole = useWholeMap();
  const figure = useFigure();
  const scheme = useComputedColorScheme();
  const { setColorScheme } = useMantineColorScheme();
  const isLeft = view.orientation === 'ra-left';
  return [
    { label: 'Whole map', keys: '0', icon: <IconFocusCentered />, act: whole },
    {
      label: isLeft ? 'RA increases to the left: turn round' : 'RA increases to the right: turn round',
      keys: 'o',
      icon: (
        <span className={classes.ra}>
          {isLeft ? '←' : ''}RA{isLeft ? '' : '→'}
        </span>
      ),
      act: act.turnRound,
    },
    {
      label: `Coordinate lines: ${LINES[view.lines]}`,
      keys: 'g',
      icon: <IconGrid4x4 />,
      isOn: view.lines !== 'none',
      act: act.nextLines,
    },
    {
      label: view.previousId ? 'Compare with the layer before' : 'Compare: show another layer first',
      icon: <IconArrowsHorizontal />,
      isOn: view.compare !== undefined,
      isOff: !view.previousId,
      tools: comparisons(view.compare?.mode, !view.previousId),
    },
    {
      label: clipboard.copied ? 'Copied' : 'Share and export',
      icon: clipboard.copied ? <IconCheck /> : <IconShare />,
      tools: [
        { label: 'Copy a link to this view', icon: <IconLink />, act: () => clipboard.copy(location.href) },
        {
          label: 'Save the figure as PNG',
          icon: <IconDownload />,
          isOff: !figure,
          act: () => figure?.save(),
        },
        {
          label: 'Copy as Python',
          icon: <IconBrandPython />,
          isOff: !figure,
          act: () => figure && clipboard.copy(figure.python()),
        },
      ],
    },
    {
      label: view.pictures ? 'Pictures from the server: colour here again' : 'Pictures from the server, for slow links',
      icon: <IconPhoto />,
      isOn: view.pictures,
      act: act.togglePictures,
    },
    {
      label: fullscreen ? 'Leave full screen' : 'Full screen',
      keys: 'f',
      icon: <IconMaximize />,
      act: () => void toggleFullscreen(),
    },
    {
      label: scheme === 'dark' ? 'Light panels' : 'Dark panels',
      icon: scheme === 'dark' ? <IconSun /> : <IconMoon />,
      act: () => setColorScheme(scheme === 'dark' ? 'light' : 'dark'),
    },
    { label: 'Keys and help', keys: '?', icon: <IconHelp />, act: () => toggle('help', true) },
  ];
}

function ToolButton({ tool }: { tool: Tool }) {
  return (
    <Tooltip label={tool.keys ? `${tool.label}  (${tool.keys})` : tool.label} position="bottom">
      <ActionIcon
        variant="subtle"
        color="gray"
        size={32}
        radius="md"
        aria-label={tool.label}
        {...(tool.isOn === undefined ? {} : { 'aria-pressed': tool.isOn })}
        aria-disabled={tool.isOff}
        className={classes.tool!}
        data-on={tool.isOn}
        data-off={tool.isOff}
        onClick={() => !tool.isOff && tool.act()}
      >
        {tool.icon}
      </ActionIcon>
    </Tooltip>
  );
}

function GroupButton({ group }: { group: ToolGroup }) {
  return (
    <Menu position="bottom-end" shadow="md" radius="md" width={270}>
      <Menu.Target>
        <Tooltip label={group.label} position="bottom">
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            radius="md"
            aria-label={group.label}
            className={classes.tool!}
            data-on={group.isOn}
            data-off={group.isOff}
          >
            {group.icon}
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <MenuOf tools={group.tools} />
    </Menu>
  );
}

function MenuOf({ tools }: { tools: readonly Tool[] }) {
  return (
    <Menu.Dropdown>
      {tools.map((tool) => (
        <Menu.Item
          key={tool.label}
          leftSection={<span className={classes.menuIcon}>{tool.icon}</span>}
          rightSection={tool.keys && <kbd className={classes.key}>{tool.keys}</kbd>}
          disabled={tool.isOff ?? false}
          {...(tool.isOn === undefined ? {} : { 'aria-current': tool.isOn, 'data-on': tool.isOn })}
          onClick={tool.act}
        >
          {tool.label}
        </Menu.Item>
      ))}
    </Menu.Dropdown>
  );
}

function MoreMenu({ tools }: { tools: readonly Tool[] }) {
  return (
    <Menu position="bottom-end" shadow="md" radius="md" width={250}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          radius="md"
          aria-label="More tools"
          className={classes.tool!}
        >
          <IconDotsVertical />
        </ActionIcon>
      </Menu.Target>
      <MenuOf tools={tools} />
    </Menu>
  );
}
