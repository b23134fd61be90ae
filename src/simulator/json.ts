/** A JSON object whose inside nobody has looked at yet. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function hasText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** An id as text, whether it came as a number or as a text; empty for anything else. */
export function idText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A value inside a body, with its place in Meta's spelling: `message[quick_replies][0][title]`. */
export interface PlacedValue {
  readonly param: string;
  readonly value: unknown;
}

/** All that stands at a path such as `message.quick_replies.[].title`; what is not there is left out. */
export function valuesAt(body: unknown, path: string): PlacedValue[] {
  let found: PlacedValue[] = [{ param: '', value: body }];
  for (const step of path === '' ? [] : path.split('.')) found = found.flatMap((place) => stepInto(place, step));
  return found;
}

function stepInto({ param, value }: PlacedValue, step: string): PlacedValue[] {
  if (step === '[]') {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    return items.map((item, index) => ({ param: `${param}[${index}]`, value: item }));
  }
  if (!isRecord(value) || value[step] === undefined) return [];
  return [{ param: param === '' ? step : `${param}[${step}]`, value: value[step] }];
}

/** The first text at a path. */
export function textAt(value: unknown, path: string): string | undefined {
  const found = valuesAt(value, path)[0]?.value;
  return hasText(found) ? found : undefined;
}
