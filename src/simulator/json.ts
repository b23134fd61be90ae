import { isObject } from '../messenger/check/json.ts';

/** True for a text that is not empty. */
export function hasText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** An id as text, from a number or a text; empty for anything else. */
export function idText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A value in a body, with its place in Meta's notation: `message[quick_replies][0][title]`. */
export interface PlacedValue {
  readonly param: string;
  readonly value: unknown;
}

/** The values at a path such as `message.quick_replies.[].title`; missing ones are omitted. */
export function valuesAtPath(body: unknown, path: string): PlacedValue[] {
  let found: PlacedValue[] = [{ param: '', value: body }];
  for (const step of path === '' ? [] : path.split('.')) found = found.flatMap((place) => stepInto(place, step));
  return found;
}

function stepInto({ param, value }: PlacedValue, step: string): PlacedValue[] {
  if (step === '[]') {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    return items.map((item, index) => ({ param: `${param}[${index}]`, value: item }));
  }
  if (!isObject(value) || value[step] === undefined) return [];
  return [{ param: param === '' ? step : `${param}[${step}]`, value: value[step] }];
}

/** The first value at a path, if it is a text that is not empty. */
export function textAtPath(value: unknown, path: string): string | undefined {
  const found = valuesAtPath(value, path)[0]?.value;
  return hasText(found) ? found : undefined;
}
