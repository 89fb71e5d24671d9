import { CloseButton, Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { type Panel as Name, useStore } from '../state/store';
import classes from './Panel.module.css';

interface Props {
  name: Name;
  title: string;
  /** Beside the sky; otherwise over its lower part. */
  isWide: boolean;
  children: ReactNode;
}

/** A panel that floats over the sky, or a sheet from below where the window is narrow. */
export function Panel({ name, title, isWide, children }: Props) {
  const isOpen = useStore((store) => store.panels[name]);
  const close = () => useStore.getState().toggle(name, false);
  if (!isWide) {
    return (
      <Drawer
        opened={isOpen}
        onClose={close}
        title={title}
        position="bottom"
        size="min(62dvh, 480px)"
        withOverlay={false}
        lockScroll={false}
        trapFocus={false}
        classNames={{
          content: classes.sheet!,
          header: classes.sheetHead!,
          body: classes.sheetBody!,
          title: classes.title!,
        }}
      >
        {children}
      </Drawer>
    );
  }
  if (!isOpen) return null;
  return (
    <section className={classes.panel} aria-label={title} data-panel={name}>
      <div className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        <CloseButton size="sm" aria-label={`Close ${title.toLowerCase()}`} onClick={close} />
      </div>
      <div className={classes.body}>{children}</div>
    </section>
  );
}
