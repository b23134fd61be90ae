import { optionsOf } from '../options.ts';
import { type Path, slug } from './choice.ts';

/**
 * The payload of a menu's node, for Get Started, the persistent menu, ice breakers and buttons of your own:
 * `menuPayload('main', 'more/prices')`.
 *
 * @param menu The menu's `name`.
 * @param node The ids from the menu's top, separated by `/`. Default: the top.
 * @throws BotError `bot_invalid` for a name or node that cannot exist.
 */
export function menuPayload(menu: string, node: string = ''): string {
  const check = optionsOf('menuPayload');
  check.name('menu', menu);
  const isPath =
    typeof node === 'string' && (node === '' || node.split('/').every((id) => id !== '' && slug(id) === id));
  check.that(isPath, 'node', "ids with / between, such as 'more/opening-hours'", node);
  return payloadTo(menu, node === '' ? [] : node.split('/'));
}

/** The payload of a path: `menu:name/id/id`. Buttons keep it for years, so it must never change. */
export function payloadTo(menu: string, path: Path): string {
  return [`menu:${menu}`, ...path].join('/');
}

/** The path that a payload leads to in this menu; `undefined` for a payload of something else. */
export function pathOf(menu: string, payload: string | undefined): Path | undefined {
  const [head, ...path] = payload?.split('/') ?? [];
  return head === `menu:${menu}` ? path : undefined;
}
