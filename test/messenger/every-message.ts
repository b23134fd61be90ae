/** One message of every kind, built as a bot's developer builds it. */

import {
  asPersona,
  askEmail,
  askPhone,
  audio,
  buttonMessage,
  callButton,
  card,
  carousel,
  coupon,
  customerFeedback,
  customerInformation,
  file,
  image,
  imageGrid,
  loginButton,
  logoutButton,
  mediaCard,
  postbackButton,
  products,
  quickReply,
  receipt,
  silently,
  sticker,
  textMessage,
  urlButton,
  utility,
  video,
  withoutNotification,
  withQuickReplies,
  type Sayable,
} from '../../src/index.ts';

const keep = postbackButton('Keep one', 'KEEP:CITY');
const look = urlButton('See it', 'https://shop.example/city', 'tall');

/** `PICTURES` stands for the folder of the pictures, `UPLOADED` for an attachment id. */
export function everyMessage(pictures: string, uploaded: string): [name: string, sayable: Sayable][] {
  const shop = (name: string) => `${pictures}/${name}`;
  const upload = { attachmentId: uploaded };
  return [
    ['a string', 'We are open 9 to 5.'],
    ['a text', textMessage('Hello 👋')],
    ['suggestions', textMessage('Which colour?', [quickReply('Green', 'COLOR:GREEN'), askEmail(), askPhone()])],
    ['buttons', buttonMessage('Shall we keep one for you?', [keep, look, callButton('Call us', '+351210000000')])],
    ['log in and out', buttonMessage('Your account', [loginButton('https://shop.example/login'), logoutButton()])],
    ['one card', carousel([card({ title: 'City bike', subtitle: 'Three gears, one basket' })])],
    [
      'a carousel',
      carousel(
        [
          card({
            title: 'City bike',
            subtitle: 'Three gears, one basket',
            image: shop('city.png'),
            link: 'https://shop.example/city',
            buttons: [keep, look],
          }),
          card({ title: 'Road bike', image: shop('road.png'), buttons: [keep] }),
          card({ title: 'Cargo bike, for two children and the shopping of a week', buttons: [keep, look] }),
        ],
        { isSharable: true },
      ),
    ],
    ['a media card', mediaCard('image', upload, [keep])],
    ['a media card from Facebook', mediaCard('video', 'https://www.facebook.com/watch?v=1', [look])],
    [
      'a receipt',
      receipt({
        recipient_name: 'Ana Sousa',
        merchant_name: 'Bicycle Shop',
        order_number: 'A-77',
        currency: 'EUR',
        payment_method: 'Visa 2345',
        order_url: 'https://shop.example/orders/A-77',
        timestamp: '1791200000',
        elements: [
          {
            title: 'City bike',
            subtitle: 'Green',
            quantity: 1,
            price: 649,
            currency: 'EUR',
            image_url: shop('city.png'),
          },
          { title: 'Bell', quantity: 2, price: 9.5 },
        ],
        address: {
          street_1: 'Rua das Flores 12',
          city: 'Porto',
          postal_code: '4050-262',
          state: 'Porto',
          country: 'PT',
        },
        adjustments: [{ name: 'Spring', amount: 20 }],
        summary: { subtotal: 668, shipping_cost: 15, total_tax: 153.64, total_cost: 663 },
        sharable: true,
      }),
    ],
    ['the smallest receipt', receipt({ ...smallReceipt, summary: { total_cost: 9.5 } })],
    [
      'a coupon',
      coupon({
        title: '10% off everything',
        subtitle: 'Until Sunday',
        code: 'TEN',
        url: 'https://shop.example/',
        urlTitle: 'To the shop',
        before: 'For you, Ana:',
        image: shop('coupon.png'),
        payload: 'COUPON:TEN',
      }),
    ],
    ['a coupon without a code', coupon({ title: 'Spring sale', url: 'https://shop.example/sale' })],
    [
      'a survey',
      customerFeedback({
        title: 'How did we do?',
        subtitle: 'One question about your order',
        button: 'Rate us',
        question: {
          id: 'q1_csat',
          type: 'csat',
          title: 'How happy are you?',
          score_label: 'neg_pos',
          score_option: 'five_stars',
          follow_up: { type: 'free_form', placeholder: 'Anything else?' },
        },
        privacyUrl: 'https://shop.example/privacy',
        expiresInDays: 3,
      }),
    ],
    [
      'an address form',
      customerInformation({ privacyUrl: 'https://shop.example/privacy', countries: ['PT', 'ES'], expiresInDays: 2 }),
    ],
    [
      'a grid',
      imageGrid({
        images: [
          { url: shop('city.png'), isHero: true, link: 'https://shop.example/city' },
          { url: shop('road.png'), payload: 'SHOW:ROAD' },
          { url: shop('cargo.png') },
        ],
        title: 'New this spring',
        subtitle: 'Tap one to see more',
        buttons: [look, keep],
      }),
    ],
    ['products', products(['990011', '990012'])],
    ['a picture', image(shop('city.png'))],
    ['an uploaded picture', image(upload)],
    ['a video', video(shop('ride.mp4'))],
    ['sound', audio(shop('bell.mp3'))],
    ['a file', file(shop('prices.pdf'))],
    ['a picture with suggestions', withQuickReplies([quickReply('Nice')], image(shop('road.png')))],
    ['a thumbs-up', sticker()],
    ['another sticker', sticker(767226160478561)],
    ['a utility message', utility('order_shipped', { order_id: 'A-77', day: 'Friday' })],
    ['a utility message by place', utility('visit', ['Friday', 9], { language: 'pt_PT', payloads: ['VISIT:MOVE'] })],
    ['a silent text', silently('Only for the record')],
    ['a text without notification', withoutNotification(textMessage('No hurry'))],
    ['a text of a persona', asPersona('990022', 'Marta here')],
  ];
}

const smallReceipt = { recipient_name: 'Ana', order_number: 'A-78', currency: 'EUR', payment_method: 'cash' };
