import { Anchor, Kbd, Modal } from '@mantine/core';
import { address } from '../api/client';
import { useStore } from '../state/store';
import classes from './Help.module.css';
import { SECTIONS } from './keys';

const SPELT: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ' ': 'Space',
  Escape: 'Esc',
  '-': '−',
};
/** Second names of keys on the same button. */
const SILENT = new Set(['=', '_', 'Backspace']);

/** Every key there is. */
export function Help() {
  const isOpen = useStore((store) => store.panels.help);
  const close = () => useStore.getState().toggle('help', false);
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title="Keys and help"
      radius="md"
      size="50rem"
      closeButtonProps={{ 'aria-label': 'Close help' }}
      classNames={{ title: classes.title! }}
    >
      <div className={classes.sections}>
        {SECTIONS.map(({ title, bindings }) => (
          <section key={title} className={classes.section}>
            <h3>{title}</h3>
            <dl>
              {bindings.map(({ keys, does }) => (
                <div key={does} className={classes.row}>
                  <dt>
                    {keys
                      .filter((key) => !SILENT.has(key))
                      .map((key) => (
                        <Kbd key={key} size="xs">
                          {SPELT[key] ?? key}
                        </Kbd>
                      ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className={classes.words}>
        Drag to move, scroll or pinch to zoom, Shift-drag to zoom into a box, Alt-click to look a position up elsewhere.
        The sky repeats for ever to both sides. The address of this page holds the whole view: copy it to share what you
        see. Everything shown can also be read through the{' '}
        <Anchor href={address('docs')} target="_blank" fz="inherit" underline="always">
          HTTP interface
        </Anchor>
        .
      </p>
    </Modal>
  );
}
