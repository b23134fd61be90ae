/**
 * Makes an element. Texts become text nodes, so nothing a bot or a person wrote is ever read as HTML.
 * @param {string} tag with classes: `p.note.small`
 * @param {Record<string, any>} [properties] DOM properties; `on…` listeners, `data` and `aria` as objects
 * @param {...(Node | string | undefined | false)} children what is empty is left out
 * @returns {HTMLElement}
 */
export function h(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (key === 'data') Object.assign(element.dataset, value);
    else if (key === 'aria')
      for (const [part, word] of Object.entries(value)) element.setAttribute(`aria-${part}`, word);
    else if (key === 'role') element.setAttribute('role', value);
    else if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element[key] = value;
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/**
 * @param {string} id
 * @returns {any} of the kind that index.html says
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}.`);
  return element;
}

/**
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export function all(selector) {
  return [...document.querySelectorAll(selector)].filter((element) => element instanceof HTMLElement);
}

/**
 * Brings a list of children up to date: what did not change stays the same element, so that focus, open details and
 * scroll positions survive.
 * @template Item
 * @param {HTMLElement} parent
 * @param {readonly Item[]} items
 * @param {(item: Item) => string} keyOf
 * @param {(item: Item, before: HTMLElement | undefined) => HTMLElement} draw
 */
export function drawList(parent, items, keyOf, draw) {
  const before = new Map(drawn(parent).map((child) => [child.dataset.key, child]));
  const now = items.map((item) => {
    const key = keyOf(item);
    const version = JSON.stringify(item);
    const old = before.get(key);
    if (old && versions.get(old) === version) return old;
    const fresh = draw(item, old);
    fresh.dataset.key = key;
    versions.set(fresh, version);
    return fresh;
  });
  for (const child of drawn(parent)) if (!now.includes(child)) child.remove();
  now.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
}

/** What each element was drawn from. */
const versions = new WeakMap();

/** @param {HTMLElement} parent @returns {HTMLElement[]} */
export function drawn(parent) {
  return /** @type {HTMLElement[]} */ ([...parent.children]);
}
