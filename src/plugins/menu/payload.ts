import { optionsOf } from '../options.ts';
import { type Path, slug } from './choice.ts';

/**
 * The payload that leads to a node of a menu, for Get Started, the persistent menu, ice breakers and buttons of your own:
 * `menuPayload('main', 'more/prices')`; without a node, to its top. The node is its ids from the top, with `/` between.
 */
export function menuPayload(menu: string, node: string = ''): string {
  const check = optionsOf('menuPayload');
  check.name('menu', menu);
  const isPath =
    typeof node === 'string' && (node === '' || node.split('/').every((id) => id !== '' && slug(id) === id));
  check.that(isPath, 'node', "ids with / between, such as 'more/opening-hours'", node);
  return payloadTo(menu, node === '' ? [] : node.split('/'));
}

export function payloadTo(menu: string, path: Path): string {
  return [`menu:${menu}`, ...path].join('/');
}

/** Where a payload leads in this menu; `undefined` when it is none of its own. */
export function pathOf(menu: string, payload: string | undefined): Path | undefined {
  const [head, ...path] = payload?.split('/') ?? [];
  return head === `menu:${menu}` ? path : undefined;
}
