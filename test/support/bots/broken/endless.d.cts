export function spin(): never;
export function self(this: unknown): unknown;
