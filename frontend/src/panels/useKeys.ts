import { useEffect, useRef } from 'react';
import { useStore } from '../state/store';
import { type Around, bindingOf } from './keys';
import type { MapHandle } from './mapHandle';
import { useSeen } from './useSeen';
import { coverage } from './useWholeMap';

/** Listen for keys wherever nothing is being typed. */
export function useKeys(map: MapHandle): void {
  const { colour, layer } = useSeen();
  const around = useRef<Around>(undefined);
  around.current = { map, colour, wholeMap: () => map.current?.gaze.fit(coverage(layer)) };
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (isGoTo(event)) {
        event.preventDefault();
        useStore.getState().toggle('goto', true);
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target, event.key)) return;
      const binding = bindingOf(event.key);
      if (!binding) return;
      event.preventDefault();
      binding.act(around.current!, event.key);
    };
    const onKeyUp = (event: KeyboardEvent) => {
      if (event.key === ' ') useStore.getState().note({ blinking: false });
    };
    const onBlur = () => useStore.getState().note({ blinking: false });
    window.addEventListener('keydown', onKeyDown);
    window.addEventListener('keyup', onKeyUp);
    window.addEventListener('blur', onBlur);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      window.removeEventListener('keyup', onKeyUp);
      window.removeEventListener('blur', onBlur);
    };
  }, []);
}

function isGoTo({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return (ctrlKey || metaKey) && key.toLowerCase() === 'k';
}

/** Whether a key belongs to the control that has the focus: text to type, a slider to move, a button to press. */
function isBusy(target: EventTarget | null, key: string): boolean {
  // What is typed while the go-to box is still on its way is no command.
  if (useStore.getState().panels.goto && key !== 'Escape') return true;
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.closest(
      'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true], [role=dialog]',
    )
  )
    return true;
  const isControl =
    target.closest('button, [role=slider], [role=tree], [role=menu], [role=listbox], input, a') !== null;
  return isControl && (key === ' ' || key.startsWith('Arrow'));
}
