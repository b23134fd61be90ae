import { h } from './dom.js';

/**
 * A card: a picture, words, buttons; any of them may be missing.
 * @param {import('../content/cards.ts').Card} card
 * @param {string} mid
 * @param {any} actions
 */
export function drawCard({ title, subtitle, media, link, buttons }, mid, actions) {
  const words = [
    title && h('p.title', {}, title),
    subtitle !== undefined && h('p.subtitle', {}, subtitle),
    link !== undefined && h('p.site', {}, siteOf(link)),
  ];
  const top = [media && drawMedia(media, title || media.type, title === ''), ...words];
  const isRich = media !== undefined || subtitle !== undefined || link !== undefined;
  return h(
    isRich ? 'div.card.rich' : 'div.card',
    {},
    link === undefined ? h('div.top', {}, ...top) : h('a.top', { href: safeUrl(link), ...elsewhere }, ...top),
    ...drawButtons(buttons, mid, actions),
  );
}

/**
 * @param {readonly import('../content/cards.ts').ShownButton[]} buttons
 * @param {string} mid
 * @param {any} actions
 */
export function drawButtons(buttons, mid, { tap }) {
  return buttons.map(({ type, title, url }) => {
    if (type === 'web_url') return h('a.act', { href: safeUrl(url), ...elsewhere }, title);
    const isTappable = type === 'postback';
    const properties = { type: 'button', disabled: !isTappable, onclick: () => tap(title, mid) };
    return h('button', properties, title);
  });
}

/**
 * A picture or a player, or a plain area in its place when there is nothing to show.
 * @param {{ readonly type: string, readonly url?: string }} media
 * @param {string} name
 * @param {boolean} [isNamed] whether the area says what is missing; not when words stand below it
 */
export function drawMedia({ type, url }, name, isNamed = true) {
  if (url === undefined) return lost(type, isNamed && name);
  const src = shownUrl(url);
  if (type === 'video') return h('video', { src, controls: true, preload: 'metadata', aria: { label: name } });
  if (type === 'audio') return h('audio', { src, controls: true, preload: 'metadata', aria: { label: name } });
  const picture = h('img', { loading: 'lazy', referrerPolicy: 'no-referrer', alt: name, src });
  picture.addEventListener('error', () => picture.replaceWith(lost(type, isNamed && name)));
  return picture;
}

function lost(type, name) {
  return h(
    'div.lost',
    {},
    h('b', { aria: { hidden: 'true' } }, type === 'video' ? '▶' : '🖼'),
    name && h('span', {}, name),
  );
}

/** Links leave this page alone. */
export const elsewhere = { target: '_blank', rel: 'noreferrer' };

/** Only addresses that cannot run anything. */
export function safeUrl(url = '') {
  return /^https?:\/\//i.test(url) ? url : '#';
}

/** The same, or a file that was uploaded here. */
export function shownUrl(url) {
  return /^attachments\/\d+$/.test(url) ? url : safeUrl(url);
}

function siteOf(url) {
  return URL.canParse(url) ? new URL(url).hostname : url;
}
