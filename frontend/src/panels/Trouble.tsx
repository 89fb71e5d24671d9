import { Button } from '@mantine/core';
import classes from './Trouble.module.css';

/** What went wrong, in a sentence, and a way to try again. */
export function Trouble({ error, retry }: { error: { message: string }; retry(): void }) {
  return (
    <div className={classes.trouble} role="alert">
      <span>{error.message}</span>
      <Button size="compact-xs" variant="default" onClick={retry}>
        Try again
      </Button>
    </div>
  );
}
