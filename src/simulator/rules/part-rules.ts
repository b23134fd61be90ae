import { isObject } from '../../messenger/check/json.ts';
import { hasText, valuesAtPath } from '../json.ts';
import type { CountLimit, LengthLimit, PartLimits } from './limits.ts';
import { badParameter, type Refusal } from './refusals.ts';

/** Checks everything below `place` in a body against a table of limits; returns the first problem. */
export function partProblem(body: unknown, place: string, limits: PartLimits): Refusal | undefined {
  const { needs = [], counts = [], lengths = [], ranges = [] } = limits;
  const at = (path: string): string => [place, path].filter((step) => step !== '').join('.');
  return (
    firstProblem(needs, (need) => needProblem(body, at(need.at), need.parts)) ??
    firstProblem(counts, (limit) => countProblem(body, { ...limit, at: at(limit.at) })) ??
    firstProblem(lengths, (limit) => lengthProblem(body, { ...limit, at: at(limit.at) })) ??
    firstProblem(ranges, (limit) => rangeProblem(body, { ...limit, at: at(limit.at) }))
  );
}

/** Checks that every part at `path` names a known kind in `key` and has what that kind needs. */
export function kindProblem(
  body: unknown,
  path: string,
  key: string,
  kinds: Readonly<Record<string, readonly string[]>>,
): Refusal | undefined {
  return firstProblem(valuesAtPath(body, path), ({ param, value }) => {
    if (!isObject(value)) return badParameter(`param ${param} must be a JSON object`, `${param} is not an object.`);
    const kind = value[key];
    const needs = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (!needs) return choiceProblem(`${param}[${key}]`, kind, Object.keys(kinds));
    const gap = needs.find((part) => !isPresent(value[part]));
    return gap === undefined ? undefined : missingParameter(`${param}[${gap}]`);
  });
}

/** The problem of the first item that has one. */
export function firstProblem<Item>(
  items: readonly Item[],
  check: (item: Item) => Refusal | undefined,
): Refusal | undefined {
  for (const item of items) {
    const problem = check(item);
    if (problem) return problem;
  }
  return undefined;
}

/** Refuses a request without a required parameter. */
export function missingParameter(param: string): Refusal {
  return badParameter(`The parameter ${param} is required`, `The request has no ${param}.`);
}

/** Checks that a value is one of those Meta knows. */
export function choiceProblem(param: string, value: unknown, known: readonly string[]): Refusal | undefined {
  if (typeof value === 'string' && known.includes(value)) return undefined;
  return badParameter(
    `Param ${param} must be one of {${known.join(', ')}}`,
    `${param} is ${JSON.stringify(value) ?? 'missing'}, which is none of these.`,
  );
}

function needProblem(body: unknown, path: string, parts: readonly string[]): Refusal | undefined {
  return firstProblem(valuesAtPath(body, path), ({ param, value }) => {
    if (!isObject(value)) return badParameter(`param ${param} must be a JSON object`, `${param} is not an object.`);
    const gap = parts.find((part) => !isPresent(value[part]));
    return gap === undefined ? undefined : missingParameter(`${param}[${gap}]`);
  });
}

function isPresent(value: unknown): boolean {
  return hasText(value) || Array.isArray(value) || isObject(value) || typeof value === 'number';
}

function countProblem(body: unknown, { at, from, upTo }: CountLimit): Refusal | undefined {
  return firstProblem(valuesAtPath(body, at), ({ param, value }) => {
    if (!Array.isArray(value)) return badParameter(`param ${param} must be an array.`, `${param} is not an array.`);
    const length = value.length;
    if (length >= from && length <= upTo) return undefined;
    return badParameter(
      `param ${param} must have between ${from} and ${upTo} items`,
      `${param} has ${length} items; Meta accepts ${from} to ${upTo}.`,
    );
  });
}

function lengthProblem(body: unknown, limit: LengthLimit): Refusal | undefined {
  const [maxChars, wording] =
    'below' in limit
      ? [limit.below - 1, `less than ${limit.below}`]
      : [limit.upTo, `less than or equal to ${limit.upTo}`];
  return firstProblem(valuesAtPath(body, limit.at), ({ param, value }) => {
    if (typeof value !== 'string') return badParameter(`param ${param} must be a string.`, `${param} is not a string.`);
    const length = Array.from(value).length;
    if (length <= maxChars) return undefined;
    return badParameter(
      `Length of param ${param} must be ${wording}`,
      `${param} has ${length} characters; ${maxChars} is the most that Meta accepts.`,
    );
  });
}

function rangeProblem(body: unknown, { at, from, upTo }: CountLimit): Refusal | undefined {
  return firstProblem(valuesAtPath(body, at), ({ param, value }) => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= from && number <= upTo) return undefined;
    return badParameter(
      `param ${param} must be between ${from} and ${upTo}`,
      `${param} is ${JSON.stringify(value)}; Meta accepts ${from} to ${upTo}.`,
    );
  });
}
