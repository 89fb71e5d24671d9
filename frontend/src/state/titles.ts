/** What two layers are called that are seen together. Pure. */

/** Parts of a name that are written in any case: those of the band and the layer. */
const LEAST = 2;

/** Names of two layers, from the first part in which they differ on; groups come first and the layers last. */
export function titlesOf(one: readonly string[], other: readonly string[]): [string, string] {
  const differs = one.findIndex((part, i) => part !== other[i]);
  const from = (parts: readonly string[]) =>
    Math.max(0, Math.min(differs < 0 ? parts.length : differs, parts.length - LEAST));
  return [title(one.slice(from(one))), title(other.slice(from(other)))];
}

function title(parts: readonly string[]): string {
  return parts.filter(Boolean).join(' · ');
}
