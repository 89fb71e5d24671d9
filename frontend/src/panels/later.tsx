import { Button } from '@mantine/core';
import { type ComponentType, lazy, type ReactNode, Suspense, useRef } from 'react';
import classes from './Trouble.module.css';

type Load<P> = () => Promise<ComponentType<P>>;

const parts: (() => Promise<unknown>)[] = [];

/** A part of the page that the first picture does without: loaded when somebody asks for it, or when there is time. */
export function later<P extends object>(load: Load<P>) {
  parts.push(load);
  return lazy(async () => ({ default: await load().catch((): ComponentType<P> => Missing) }));
}

/** Load what is not there yet, so that the first click finds it. What cannot be had now is asked for again by the click. */
export function loadParts(): void {
  for (const load of parts) load().catch(() => undefined);
}

/** Keeps its place empty until it is first wanted, and what is in it from then on. */
export function Later({ when, children }: { when: boolean; children: ReactNode }) {
  const wasWanted = useRef(false);
  wasWanted.current ||= when;
  return wasWanted.current && <Suspense>{children}</Suspense>;
}

/** The server is away, or has a newer viewer by now. */
function Missing() {
  return (
    <div className={classes.trouble} role="alert">
      <span>This part of the page could not be loaded.</span>
      <Button size="compact-xs" variant="default" onClick={() => location.reload()}>
        Load the page again
      </Button>
    </div>
  );
}
