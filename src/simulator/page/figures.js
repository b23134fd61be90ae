import { drawButtons, drawMedia, elsewhere, safeUrl, shownUrl } from './cards.js';
import { h } from './dom.js';

/**
 * What is neither a text nor a card, as Messenger would draw it.
 * @param {any} figure see figures.ts
 * @param {string} mid
 * @param {any} actions
 */
export function drawFigure(figure, mid, actions) {
  return DRAWINGS[figure.kind]?.(figure, mid, actions) ?? h('p.bubble', {}, `[${figure.kind}]`);
}

const DRAWINGS = {
  media: drawFile,
  receipt: drawReceipt,
  coupon: drawCoupon,
  survey: drawSurvey,
  address: drawAddress,
  grid: drawGrid,
  sticker: ({ face, id }) => h('p.sticker', { title: `Sticker ${id}`, role: 'img', aria: { label: 'Sticker' } }, face),
};

function drawFile({ type, url, name }) {
  if (type !== 'file') return h('div.media', { data: { type } }, drawMedia({ type, url }, name));
  const label = [h('b', { aria: { hidden: 'true' } }, '📄'), h('span', {}, name)];
  return url === undefined ? h('p.file', {}, ...label) : h('a.file', { href: shownUrl(url), ...elsewhere }, ...label);
}

function drawReceipt({ order }) {
  const { elements = [], summary = {}, address, adjustments = [], currency } = order;
  const price = (amount, unit = currency) => money(amount, unit);
  const line = (name, amount, kind = 'p') =>
    amount !== undefined && h(kind, {}, h('span', {}, name), h('span', {}, price(amount)));
  return h(
    'div.card.receipt',
    {},
    h(
      'p.head',
      {},
      'Order confirmation',
      h('small', {}, `${order.merchant_name ?? ''} № ${order.order_number}`.trim()),
    ),
    ...elements.map((item) =>
      h(
        'div.item',
        {},
        item.image_url && drawMedia({ type: 'image', url: item.image_url }, item.title),
        h('p', {}, h('b', {}, item.title), h('small', {}, subtitleOf(item))),
        h('span', {}, price(item.price, item.currency)),
      ),
    ),
    h('p.part', {}, h('small', {}, 'Paid with'), order.payment_method),
    address && h('p.part', {}, h('small', {}, 'Ship to'), `${order.recipient_name}, ${addressWords(address)}`),
    h(
      'div.sums',
      {},
      line('Subtotal', summary.subtotal),
      line('Shipping', summary.shipping_cost),
      line('Tax', summary.total_tax),
      ...adjustments.map(({ name, amount }) => line(name, -amount)),
      line('Total', summary.total_cost, 'strong'),
    ),
    order.order_url && h('a.act', { href: safeUrl(order.order_url), ...elsewhere }, 'See the order'),
  );
}

function subtitleOf({ subtitle, quantity }) {
  return [subtitle, quantity > 1 && `Qty. ${quantity}`].filter(Boolean).join(' · ');
}

function addressWords({ street_1, street_2, postal_code, city, state, country }) {
  const place = [postal_code, city, state !== city && state].filter(Boolean).join(' ');
  return [street_1, street_2, place, country].filter(Boolean).join(', ');
}

function money(amount, currency) {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount);
  } catch {
    return `${amount} ${currency}`;
  }
}

function drawCoupon({ title, subtitle, before, image, code, shop }, mid, actions) {
  const reveal = h('button', { type: 'button' }, 'Reveal code');
  reveal.addEventListener('click', () => {
    reveal.replaceWith(h('output.code', {}, code));
    actions.reveal(mid);
  });
  const card = h(
    'div.card.rich.coupon',
    {},
    image !== undefined && drawMedia({ type: 'image', url: image }, title),
    h('p.title', {}, title),
    h('p.subtitle', {}, subtitle),
    code !== undefined && reveal,
    ...drawButtons(shop ? [shop] : [], mid, actions),
  );
  return h('div.figure', {}, before !== undefined && h('p.bubble', {}, before), card);
}

function drawSurvey({ title, subtitle, button, question, scores }, mid, { rate }) {
  const thanks = h('p.thanks', { role: 'status' });
  const choose = ({ score, face }) => {
    const onclick = () => {
      thanks.textContent = `You answered ${score}.`;
      rate(mid, score);
    };
    return h('button', { type: 'button', title: String(score), aria: { label: `Score ${score}` }, onclick }, face);
  };
  return h(
    'div.card.rich.survey',
    {},
    h('p.title', {}, title),
    h('p.subtitle', {}, subtitle),
    h(
      'details',
      {},
      h('summary', {}, button),
      h('p.question', {}, question),
      h('div.scores', {}, ...scores.map(choose)),
      thanks,
    ),
  );
}

const ADDRESS_PARTS = { street_1: 'Street', postal_code: 'Postal code', city: 'City', country: 'Country' };

function drawAddress({ countries }, _mid, { sendAddress }) {
  const inputs = Object.entries(ADDRESS_PARTS).map(([name, label]) => {
    const value = name === 'country' ? (countries[0] ?? '') : '';
    return h('label', {}, label, h('input', { name, required: true, value }));
  });
  const onsubmit = (event) => {
    event.preventDefault();
    sendAddress(Object.fromEntries(new FormData(event.target)));
  };
  const where = countries.length > 0 ? `For addresses in ${countries.join(', ')}` : 'So that it can be sent to you';
  return h(
    'div.card.rich.address',
    {},
    h('p.title', {}, 'Your shipping address'),
    h('p.subtitle', {}, where),
    h(
      'details',
      {},
      h('summary', {}, 'Add address'),
      h('form', { onsubmit }, ...inputs, h('button', { type: 'submit' }, 'Send')),
    ),
  );
}

function drawGrid({ images, title, subtitle, buttons }, mid, actions) {
  const tile = (image, index) => {
    const picture = drawMedia({ type: 'image', url: image.url }, `Picture ${index + 1}`);
    const data = { hero: String(image.isHero) };
    if (image.link) return h('a.tile', { href: safeUrl(image.link), ...elsewhere, data }, picture);
    if (!image.title) return h('span.tile', { data }, picture);
    return h('button.tile', { type: 'button', onclick: () => actions.tap(image.title, mid), data }, picture);
  };
  const hasHero = images.some((image) => image.isHero);
  return h(
    'div.card.rich.grid',
    {},
    h('div.tiles', { data: { count: String(images.length), hero: String(hasHero) } }, ...images.map(tile)),
    title !== undefined && h('p.title', {}, title),
    subtitle !== undefined && h('p.subtitle', {}, subtitle),
    ...drawButtons(buttons, mid, actions),
  );
}
