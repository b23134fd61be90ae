// oxlint-disable typescript/unbound-method -- each is called with its own `this`

/** What one step of the budget pays for, in characters or items that a built-in function writes. */
const ITEMS_PER_STEP = 100;

/** Makes the built-in functions that write as much as a number says take steps off the budget: `'x'.repeat(1e9)`. */
export function countBuiltIns(spend: (steps: number) => void): void {
  const { apply, defineProperty } = Reflect;
  const pay = (items: unknown) => {
    if (typeof items === 'number' && items > ITEMS_PER_STEP) spend(Math.ceil(items / ITEMS_PER_STEP));
  };
  const { repeat, padStart, padEnd } = String.prototype;
  const { fill } = Array.prototype;
  const { from } = Array;
  const counted = {
    repeat(this: string, count: number): unknown {
      pay(count * `${this}`.length);
      return apply(repeat, this, [count]);
    },
    padStart(this: string, length: number, text?: string): unknown {
      pay(length);
      return apply(padStart, this, text === undefined ? [length] : [length, text]);
    },
    padEnd(this: string, length: number, text?: string): unknown {
      pay(length);
      return apply(padEnd, this, text === undefined ? [length] : [length, text]);
    },
  };
  for (const [name, value] of Object.entries(counted)) defineProperty(String.prototype, name, { value });
  const countedArrays = {
    fill(this: unknown[], ...values: unknown[]): unknown {
      pay(this.length);
      return apply(fill, this, values);
    },
    from(this: unknown, ...values: unknown[]): unknown {
      const [items] = values as { length?: unknown }[];
      if (typeof items === 'object' && items !== null && !(Symbol.iterator in items)) pay(items.length);
      return apply(from, this, values);
    },
  };
  defineProperty(Array.prototype, 'fill', { value: countedArrays.fill });
  defineProperty(Array, 'from', { value: countedArrays.from });
}
