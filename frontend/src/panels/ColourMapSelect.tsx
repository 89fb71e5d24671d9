import { Select } from '@mantine/core';
import { FAVOURITES, gradient, NAMES } from '../map/palettes';
import classes from './ColourPanel.module.css';

interface Props {
  value: string;
  isInverted: boolean;
  onChange(name: string): void;
}

const OTHERS = NAMES.flatMap((name) => [name, `${name}_r`])
  .filter((name) => !FAVOURITES.includes(name))
  .sort((a, b) => a.localeCompare(b));

/** A colour map to choose, by its picture; the field's favourites first, then all of Matplotlib's. */
export function ColourMapSelect({ value, isInverted, onChange }: Props) {
  const isKnown = FAVOURITES.includes(value) || OTHERS.includes(value);
  return (
    <Select
      size="xs"
      aria-label="Colour map"
      searchable
      selectFirstOptionOnChange
      allowDeselect={false}
      withScrollArea={false}
      classNames={{ options: classes.options!, option: classes.choice! }}
      nothingFoundMessage="No colour map of that name"
      value={value}
      data={[
        { group: 'Favourites', items: isKnown ? [...FAVOURITES] : [value, ...FAVOURITES] },
        { group: 'All', items: OTHERS },
      ]}
      onChange={(name) => name && onChange(name)}
      // What is typed next replaces the name rather than standing in the midst of it.
      onClick={({ currentTarget }) => currentTarget.select()}
      leftSection={
        <span className={classes.swatch} style={{ width: 92, backgroundImage: gradient(value, isInverted) }} />
      }
      leftSectionWidth={104}
      leftSectionPointerEvents="none"
      renderOption={({ option }) => (
        <span className={classes.option}>
          <span className={classes.swatch} style={{ backgroundImage: gradient(option.value) }} />
          {option.value}
        </span>
      )}
    />
  );
}
