import { CloseButton, Drawer } from '@mantine/core';
import { type MouseEvent, type ReactNode, useEffect } from 'react';
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
  useAlone(name, isOpen && !isWide);
  if (!isWide) {
    return (
      <Drawer
        opened={isOpen}
        onClose={close}
        title={title}
        position="bottom"
        styles={{ content: { height: 'auto', maxHeight: 'min(60dvh, 30rem)' } }}
        withOverlay={false}
        lockScroll={false}
        trapFocus={false}
        closeButtonProps={{ 'aria-label': `Close ${title.toLowerCase()}`, iconSize: '1.125rem' }}
        classNames={{
          inner: classes.sheetPlace!,
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
  const closeByButton = (event: MouseEvent) => {
    close();
    // A click without a pointer was a key: whoever uses it goes on from where they opened the panel.
    if (event.detail === 0) document.querySelector<HTMLElement>(`[data-opens=${name}]`)?.focus();
  };
  return (
    <section className={classes.panel} aria-label={title} data-panel={name}>
      <div className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        <CloseButton size="sm" aria-label={`Close ${title.toLowerCase()}`} onClick={closeByButton} />
      </div>
      <div className={classes.body}>{children}</div>
    </section>
  );
}

/** There is room for one sheet at a time. */
function useAlone(name: Name, isSheet: boolean): void {
  useEffect(() => {
    if (!isSheet) return;
    const { panels, toggle } = useStore.getState();
    for (const other of ['layers', 'colour', 'overlays', 'table', 'regions'] as const)
      if (other !== name && panels[other]) toggle(other, false);
  }, [name, isSheet]);
}
