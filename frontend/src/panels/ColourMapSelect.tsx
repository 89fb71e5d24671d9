import { Select } from '@mantine/core';
import { FAVOURITES, gradient, NAMES } from '../map/palettes';
import classes from './ColourPanel.module.css';

interface Props {
  value: string;
  isInverted: boolean;
  onChange(name: string): void;
}

const OTHERS = NAMES.filter((name) => !FAVOURITES.includes(name)).flatMap((name) => [name, `${name}_r`]);
const MIRRORED = FAVOURITES.map((name) => (name.endsWith('_r') ? name.slice(0, -2) : `${name}_r`));

/** A colour map to choose, by its picture; the field's favourites first, then all of Matplotlib's. */
export function ColourMapSelect({ value, isInverted, onChange }: Props) {
  const known = new Set<string>([...FAVOURITES, ...OTHERS, ...MIRRORED]);
  const all = [...OTHERS, ...MIRRORED].sort((a, b) => a.localeCompare(b));
  return (
    <Select
      size="xs"
      aria-label="Colour map"
      searchable
      allowDeselect={false}
      maxDropdownHeight={360}
      nothingFoundMessage="No colour map of that name"
      value={value}
      data={[
        { group: 'Favourites', items: known.has(value) ? [...FAVOURITES] : [value, ...FAVOURITES] },
        { group: 'All', items: all },
      ]}
      onChange={(name) => name && onChange(name)}
      leftSection={<span className={classes.swatch} style={{ width: 92, backgroundImage: gradient(value, isInverted) }} />}
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
