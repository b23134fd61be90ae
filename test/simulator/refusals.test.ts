/** Every error number of the simulator's rules, provoked over HTTP. */

import { expect, test } from 'vitest';
import { GRAPH_ERRORS } from '../../src/messenger/graph-errors/table.ts';
import { SIMULATED_ERRORS, type SimulatorOptions } from '../../src/simulator/index.ts';
import {
  ANA,
  APP,
  APP_TOKEN,
  aSend,
  callGraph,
  DAY,
  outcomeOf,
  PAGE,
  startSimulator,
  type Answer,
  type Running,
} from './support.ts';

const conversation = `messenger:${PAGE}:${ANA}` as const;
const image = (payload: object) => aSend({ attachment: { type: 'image', payload } });
const tagged = (tag: string) => aSend('Hi', { messaging_type: 'MESSAGE_TAG', tag });
const product = { template_type: 'product', elements: [{ id: 'mug' }] };

interface Row {
  readonly when: string;
  readonly options?: Partial<SimulatorOptions>;
  readonly ask: (running: Running) => Promise<Pick<Answer, 'json'>>;
}

const ROWS: Readonly<Record<string, Row>> = {
  '100': { when: 'the form is wrong', ask: ({ send }) => send({ recipient: { id: ANA } }) },
  '190': { when: 'the token is unknown', ask: (running) => callGraph(running, 'GET', 'me', { token: 'another' }) },
  '100/33': {
    when: 'the token is of another Page',
    ask: (running) => callGraph(running, 'GET', '104857600987654/subscribed_apps'),
  },
  '2500': { when: 'the address is none', ask: (running) => callGraph(running, 'GET', 'me/poems') },
  '100/2018001': {
    when: 'nobody has the PSID',
    ask: ({ send }) => send(aSend('Hi', { recipient: { id: '6120459871239999' } })),
  },
  '100/1893061': { when: 'a tag was retired', ask: ({ send }) => send(tagged('ACCOUNT_UPDATE')) },
  '100/2018014': {
    when: 'a message has an action',
    ask: ({ send }) => send(aSend('Hi', { sender_action: 'typing_on' })),
  },
  '100/2018008': {
    when: 'the address of a file is none',
    ask: ({ send }) => send(image({ url: 'city.png' })),
  },
  '100/2018047': {
    when: 'a file is of another kind',
    ask: (running) => upload(running, 'video', new File([new Uint8Array(4)], 'a.png', { type: 'image/png' })),
  },
  '100/2018109': {
    when: 'a file is too large',
    ask: (running) => upload(running, 'file', new File([new Uint8Array(25 * 1024 * 1024 + 1)], 'a.bin')),
  },
  '100/2018074': {
    when: 'a file was never uploaded',
    ask: ({ send }) => send(image({ attachment_id: '741100223344556' })),
  },
  '100/2018320': {
    when: 'a product has no id',
    ask: ({ send }) => send(aSend({ attachment: { type: 'template', payload: product } })),
  },
  '10/2018278': {
    when: 'the window is closed',
    ask: ({ simulator, send }) => {
      simulator.moveClock(conversation, DAY);
      return send(aSend('Hi'));
    },
  },
  '10/2018065': {
    when: 'the Page is no news Page',
    ask: ({ send }) => send(tagged('NON_PROMOTIONAL_SUBSCRIPTION')),
  },
  '10/2018300': {
    when: 'another app owns the thread',
    ask: ({ simulator, send }) => {
      simulator.setThreadOwner(ANA, 'other_app');
      return send(aSend('Hi'));
    },
  },
  '100/2534037': {
    when: 'a thread is given away that is not ours',
    ask: (running) => callGraph(running, 'POST', 'me/release_thread_control', { body: { recipient: { id: ANA } } }),
  },
  '10/2018171': {
    when: 'a thread is taken where no app is the default one',
    ask: (running) => callGraph(running, 'POST', 'me/take_thread_control', { body: { recipient: { id: ANA } } }),
  },
  '100/2018164': {
    when: 'a thread is given to an app that is none',
    ask: (running) =>
      callGraph(running, 'POST', 'me/pass_thread_control', { body: { recipient: { id: ANA }, target_app_id: '1' } }),
  },
  '190/460': {
    when: 'the token was replaced',
    ask: ({ simulator, send }) => {
      simulator.replaceToken('another');
      return send(aSend('Hi'));
    },
  },
  '190/463': {
    when: 'the token has expired',
    ask: ({ simulator, send }) => {
      simulator.expireToken();
      return send(aSend('Hi'));
    },
  },
  '200': {
    when: 'the app is not live',
    ask: ({ simulator, send }) => {
      simulator.setAppLive(false);
      return send(aSend('Hi'));
    },
  },
  '10/1893063': {
    when: 'the Page is restricted',
    ask: ({ simulator, send }) => {
      simulator.restrictPage();
      return send(aSend('Hi'));
    },
  },
  '551/1545041': {
    when: 'the person is not available',
    ask: ({ simulator, send }) => {
      simulator.makeUnavailable(ANA);
      return send(aSend('Hi'));
    },
  },
  '10/2018108': {
    when: 'the person cannot get messages',
    ask: ({ simulator, send }) => {
      simulator.makeUnavailable(ANA, '10/2018108');
      return send(aSend('Hi'));
    },
  },
  '613/2534040': {
    when: 'sends come too fast',
    options: { limits: { textPerSecond: 0 } },
    ask: ({ send }) => send(aSend('Hi')),
  },
  '32': {
    when: 'the inbox is flooded',
    options: { limits: { inboxPerSecond: 0 } },
    ask: ({ send }) => send(aSend('Hi')),
  },
  '4': {
    when: 'the calls of a day are used up',
    options: { limits: { callsPerPersonPerDay: 0 } },
    ask: ({ send }) => send(aSend('Hi')),
  },
  '2200': {
    when: 'nobody answers the handshake',
    ask: (running) =>
      callGraph(running, 'POST', `${APP}/subscriptions`, {
        token: APP_TOKEN,
        body: { object: 'page', callback_url: 'http://127.0.0.1:9/webhook', verify_token: 'x', fields: 'messages' },
      }),
  },
  '10/2534022': {
    when: 'the window is closed on Instagram',
    options: { channel: 'instagram' },
    ask: ({ simulator, send }) => {
      simulator.moveClock(`instagram:${PAGE}:${ANA}`, DAY);
      return send(aSend('Hi'));
    },
  },
  '100/2534014': {
    when: 'nobody has the IGSID',
    options: { channel: 'instagram' },
    ask: ({ send }) => send(aSend('Hi', { recipient: { id: '6120459871239999' } })),
  },
  '100/2534025': {
    when: 'a comment on Instagram was answered already',
    options: { channel: 'instagram' },
    ask: async ({ simulator, send }) => {
      const reply = aSend('649', { recipient: { comment_id: simulator.comments(ANA, '?') } });
      await send(reply);
      return send(reply);
    },
  },
  '551': {
    when: 'the person has blocked the Page',
    ask: ({ simulator, send }) => {
      simulator.blocks(ANA);
      return send(aSend('Hi'));
    },
  },
};

async function upload({ url }: Running, type: string, file: File): Promise<Pick<Answer, 'json'>> {
  const form = new FormData();
  form.append('message', JSON.stringify({ attachment: { type, payload: { is_reusable: true } } }));
  form.append('filedata', file);
  const address = `${url}/graph/v25.0/me/message_attachments?access_token=page-token-of-the-tests`;
  return { json: (await (await fetch(address, { method: 'POST', body: form })).json()) as Answer['json'] };
}

test.each(Object.entries(ROWS))('%s: $when', async (number, { options, ask }) => {
  const running = await startSimulator(options);
  running.simulator.says(ANA, 'Hello');
  expect(outcomeOf(await ask(running))).toBe(number);
});

test('every error number of the simulator has a row', () => {
  const given = SIMULATED_ERRORS.map(({ code, subcode }) => [code, subcode].filter(Boolean).join('/'));
  expect(Object.keys(ROWS).toSorted()).toEqual(given.toSorted());
});

test("every number is in Meta's table, except those of unknown paths and failed handshakes", () => {
  const strange = SIMULATED_ERRORS.filter(({ code, subcode }) => !isListed(code, subcode));
  expect(strange).toEqual([{ code: 2200 }, { code: 2500 }]);
});

/** As a pair, or by the subcode alone, which Meta's table prints without a code. */
function isListed(code: number, subcode: number | undefined): boolean {
  return GRAPH_ERRORS.some(([first, second]) => {
    if (subcode === undefined) return first === code && second === null;
    return (first === code && second === subcode) || (first === subcode && second === null);
  });
}
