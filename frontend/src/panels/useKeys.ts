import { type RefObject, useEffect, useRef } from 'react';
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
      const act = actOf(event, around);
      if (!act) return;
      event.preventDefault();
      act();
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

/** What a key does here and now, if anything. */
function actOf(event: KeyboardEvent, around: RefObject<Around | undefined>): (() => void) | undefined {
  const { key, target } = event;
  const { toggle, note, typedAhead } = useStore.getState();
  if (isGoTo(event)) return () => toggle('goto', true);
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (isTypedAhead(event)) return () => note({ typedAhead: typedAhead + key });
  const binding = isBusy(target, key) ? undefined : bindingOf(key);
  return binding && (() => binding.act(around.current!, key));
}

function isGoTo({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return (ctrlKey || metaKey) && key.toLowerCase() === 'k';
}

/** Whether a letter is meant for the go-to box, which was asked for but is still on its way. */
function isTypedAhead({ key, target }: KeyboardEvent): boolean {
  return key.length === 1 && useStore.getState().panels.goto && !(target instanceof HTMLInputElement);
}

/** Whether a key belongs to the control that has the focus: text to type, a slider to move, a button to press. */
function isBusy(target: EventTarget | null, key: string): boolean {
  // What is typed for the go-to box is no command.
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
