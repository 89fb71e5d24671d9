import { ActionIcon, Menu, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useClipboard, useFullscreenDocument } from '@mantine/hooks';
import {
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
  IconPalette,
  IconPhoto,
  IconSearch,
  IconShare,
  IconStars,
  IconSun,
  IconZoomIn,
  IconZoomOut,
} from '@tabler/icons-react';
import { Fragment, type ReactNode, useState } from 'react';
import * as act from '../state/actions';
import { type Panel, useStore } from '../state/store';
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
  /** The panel that it opens. */
  opens?: Panel;
  act(): void;
}

/** Tools that share a button: a menu where there is room for buttons, a part of the menu where there is not. */
interface ToolGroup extends Omit<Tool, 'act'> {
  tools: readonly Tool[];
}

/** What stands together in the bar. */
type Block = readonly (Tool | ToolGroup)[];

const LINES = { none: 'off', equatorial: 'equatorial', galactic: 'galactic' } as const;

/** What can be done with the sky, as buttons; those used less are in a menu, all but a few of them where the window is narrow. */
export function Toolbar({ isWide }: { isWide: boolean }) {
  const zoom = useZoom();
  const panels = usePanelTools();
  const drawing = useDrawing();
  const share = useSharing();
  const more = useMore();
  if (!isWide) {
    const seldom = [panels.regions, ...drawing, share].flatMap((tool) => ('tools' in tool ? tool.tools : tool));
    const often = [GO_TO, panels.catalogues, panels.colour];
    return <Bar blocks={[often]} menu={[zoom.whole, ...seldom, ...more]} />;
  }
  const blocks = [
    [zoom.in, zoom.out, zoom.whole],
    [panels.catalogues, panels.regions, panels.colour],
    drawing,
    [share, HELP],
  ];
  return <Bar hasField blocks={blocks} menu={more.filter((tool) => tool !== HELP)} />;
}

function Bar({ hasField, blocks, menu }: { hasField?: boolean; blocks: readonly Block[]; menu: readonly Tool[] }) {
  return (
    <div className={classes.bar} role="toolbar" aria-label="Tools">
      {hasField && <GoToField />}
      {blocks.map((tools, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks are always the same ones
        <Fragment key={i}>
          {(hasField || i > 0) && <span className={classes.gap} />}
          {tools.map((tool) =>
            'tools' in tool ? (
              <GroupButton key={tool.label} group={tool} />
            ) : (
              <ToolButton key={tool.label} tool={tool} />
            ),
          )}
        </Fragment>
      ))}
      <MoreMenu tools={menu} />
    </div>
  );
}

const GO_TO: Tool = {
  label: 'Go to',
  keys: '/',
  icon: <IconSearch />,
  act: () => useStore.getState().toggle('goto', true),
};
const HELP: Tool = {
  label: 'Keys and help',
  keys: '?',
  icon: <IconHelp />,
  act: () => useStore.getState().toggle('help', true),
};

function useZoom() {
  const map = useMap();
  const zoom = (times: number) => () => map.current?.gaze.nudge({ zoom: times });
  return {
    in: { label: 'Zoom in', keys: '+', icon: <IconZoomIn />, act: zoom(2) },
    out: { label: 'Zoom out', keys: '−', icon: <IconZoomOut />, act: zoom(0.5) },
    whole: { label: 'Whole map', keys: '0', icon: <IconFocusCentered />, act: useWholeMap() },
  };
}

function usePanelTools() {
  const panels = useStore((store) => store.panels);
  const tool = (opens: Panel, label: string, keys: string, icon: ReactNode): Tool => ({
    label,
    keys,
    icon,
    opens,
    isOn: panels[opens],
    act: () => useStore.getState().toggle(opens),
  });
  return {
    catalogues: tool('overlays', 'Catalogues', 'k', <IconStars />),
    regions: tool('regions', 'Regions', 'e', <IconMarquee2 />),
    colour: tool('colour', 'Colour', 'c', <IconPalette />),
  };
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

/** How the sky is drawn. */
function useDrawing(): (Tool | ToolGroup)[] {
  const view = useStore((store) => store.view);
  const isLeft = view.orientation === 'ra-left';
  return [
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
      icon: <IconLayoutColumns />,
      isOn: view.compare !== undefined,
      isOff: !view.previousId,
      tools: comparisons(view.compare?.mode, !view.previousId),
    },
  ];
}

function useSharing(): ToolGroup {
  const clipboard = useClipboard({ timeout: 1500 });
  const figure = useFigure();
  return {
    label: clipboard.copied ? 'Copied' : 'Share and export',
    icon: clipboard.copied ? <IconCheck /> : <IconShare />,
    tools: [
      { label: 'Copy a link to this view', icon: <IconLink />, act: () => clipboard.copy(location.href) },
      { label: 'Save the figure as PNG', icon: <IconDownload />, isOff: !figure, act: () => figure?.save() },
      {
        label: 'Copy as Python',
        icon: <IconBrandPython />,
        isOff: !figure,
        act: () => figure && clipboard.copy(figure.python()),
      },
    ],
  };
}

/** What is chosen once. */
function useMore(): Tool[] {
  const isPictures = useStore((store) => store.view.pictures);
  const { toggle: toggleFullscreen, fullscreen } = useFullscreenDocument();
  const scheme = useComputedColorScheme();
  const { setColorScheme } = useMantineColorScheme();
  return [
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
    {
      label: isPictures ? 'Colour tiles here again' : 'Tiles coloured by the server, for slow links',
      icon: <IconPhoto />,
      isOn: isPictures,
      act: act.togglePictures,
    },
    HELP,
  ];
}

/** The go-to box as people look for it: a field in the bar. */
function GoToField() {
  return (
    <button type="button" className={classes.field} onClick={GO_TO.act} aria-label="Go to">
      <IconSearch aria-hidden />
      <span>Go to…</span>
      <kbd className={classes.key}>/</kbd>
    </button>
  );
}

function ToolButton({ tool }: { tool: Tool }) {
  return (
    <Tooltip label={tool.keys ? `${tool.label}  (${tool.keys})` : tool.label} position="bottom">
      <ActionIcon
        variant="subtle"
        color="gray"
        size={32}
        radius="sm"
        aria-label={tool.label}
        {...(tool.isOn === undefined ? {} : { 'aria-pressed': tool.isOn })}
        aria-disabled={tool.isOff}
        className={classes.tool!}
        data-on={tool.isOn}
        data-off={tool.isOff}
        data-opens={tool.opens}
        onClick={() => !tool.isOff && tool.act()}
      >
        {tool.icon}
      </ActionIcon>
    </Tooltip>
  );
}

/** The items themselves take the focus: no placeholder that would stand between the menu and them. */
const MENU = { position: 'bottom-end', shadow: 'md', radius: 'md', withInitialFocusPlaceholder: false } as const;

function GroupButton({ group }: { group: ToolGroup }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Menu {...MENU} width={270} opened={isOpen} onChange={setOpen}>
      <Menu.Target>
        <Tooltip label={group.label} position="bottom" disabled={isOpen}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            radius="sm"
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
    <Menu.Dropdown className={classes.menu!}>
      {tools.map((tool) => (
        <Menu.Item
          key={tool.label}
          className={classes.item!}
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
    <Menu {...MENU} width={290}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          radius="sm"
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
