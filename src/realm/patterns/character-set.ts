/** Sets of characters, as sorted ranges of UTF-16 code units. What the engine accepts is asked of the engine itself. */

/** Inclusive ranges, sorted, none touching the next. */
export type CharacterSet = readonly (readonly [from: number, to: number])[];

/** Stands for all characters above the basic plane, in patterns with the flag `u` or `v`. */
const ASTRAL = 0x10000;

/** No character. */
export const NOTHING: CharacterSet = Object.freeze([]);
/** Every character. */
export const EVERYTHING: CharacterSet = [[0, ASTRAL]];

/** Whether no character is in both. */
export function areDisjoint(one: CharacterSet, other: CharacterSet): boolean {
  let i = 0;
  let j = 0;
  for (;;) {
    const a = one[i];
    const b = other[j];
    if (!a || !b) return true;
    if (a[1] < b[0]) i += 1;
    else if (b[1] < a[0]) j += 1;
    else return false;
  }
}

/** All characters of these sets. */
export function unite(sets: readonly CharacterSet[]): CharacterSet {
  if (sets.length === 1 && sets[0]) return sets[0];
  const united: [number, number][] = [];
  for (const [from, to] of sets.flat().sort((a, b) => a[0] - b[0])) {
    const last = united.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else united.push([from, to]);
  }
  return united;
}

/** How many characters a set has. */
export function sizeOf(set: CharacterSet): number {
  return set.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

/** A set as a class without escapes that depend on flags. */
export function toClass(set: CharacterSet): string {
  const unit = (code: number) => String.raw`\u` + code.toString(16).padStart(4, '0');
  return `[${set.map(([from, to]) => (from === to ? unit(from) : `${unit(from)}-${unit(to)}`)).join('')}]`;
}

/** Reads which characters a part of a pattern that stands for one character accepts. */
export function createSetReader(): (source: string, flags: string) => CharacterSet {
  const known = new Map<string, CharacterSet>();
  let units: string | undefined;
  return (source, flags) => {
    if (source.length === 1 && /^[^.A-Za-z]$/.test(source) && source < '\x80') return single(source);
    const kept = flags.replaceAll(/[^iuvs]/g, '');
    if (kept === '' && source.length === 1 && source !== '.') return single(source);
    const key = `${kept}/${source}`;
    const found = known.get(key);
    if (found) return found;
    units ??= allUnits();
    const set = readSet(units, source, kept);
    if (known.size >= MAX_KNOWN_SETS) known.clear();
    known.set(key, set);
    return set;
  };
}

const MAX_KNOWN_SETS = 1000;
/** In patterns with the flag `u`, a pair of surrogates is one character. */
const SURROGATES = [0xd800, 0xdfff] as const;
const MAY_BE_ASTRAL = /^\.|^\[\^|\\[pPDWSu]|[\ud800-\udfff]/;

function single(char: string): CharacterSet {
  return [[char.charCodeAt(0), char.charCodeAt(0)]];
}

function allUnits(): string {
  let units = '';
  for (let code = 0; code <= 0xffff; code += 1) units += String.fromCharCode(code);
  return units;
}

function readSet(units: string, source: string, flags: string): CharacterSet {
  const isUnicode = /[uv]/.test(flags);
  const run = new RegExp(`(?:${source})+`, `g${flags}`);
  const readRuns = (from: number, to: number): CharacterSet =>
    Array.from(units.slice(from, to).matchAll(run), ({ index, 0: { length } }) => [
      from + index,
      from + index + length - 1,
    ]);
  if (!isUnicode) return readRuns(0, units.length);
  const astral: CharacterSet = MAY_BE_ASTRAL.test(source)
    ? [
        [SURROGATES[0], SURROGATES[1]],
        [ASTRAL, ASTRAL],
      ]
    : [];
  return unite([readRuns(0, SURROGATES[0]), readRuns(SURROGATES[1] + 1, units.length), astral]);
}
