import type { SimulatedConversation } from '../../src/testing/index.ts';

/** What is recorded, by the name of the file; each with somebody new. A plugin that is added gets one. */
export const TALKS: Readonly<Record<string, (talk: SimulatedConversation) => Promise<void>>> = {
  async welcome(talk) {
    await talk.getsStarted();
    await talk.says('hours');
  },
  async 'lead-capture'(talk) {
    await talk.says('hello', 'price');
    await talk.says('ana at shop');
    await talk.says('ana@shop.example');
    await talk.says('Ana');
    await talk.skip('1 minute');
  },
  async 'follow-up'(talk) {
    await talk.says('hello', 'price', 'ana@shop.example', 'Ana');
    await talk.skip('21 hours');
  },
  /** Its files are from before replies reached sequences after the plugins: they test the patch `replies-after-plugins`. */
  async reply(talk) {
    await talk.says('hello', 'price', 'ana@shop.example', 'Ana');
    await talk.skip('1 minute');
    await talk.says('hours');
    await talk.says('hm');
  },
  async form(talk) {
    await talk.says('hello', 'order');
    await talk.says('hours');
    await talk.says('2');
  },
  /** Topics of the bot go to the outbox; the other files are from before that, and test the patch `put-topics`. */
  async topics(talk) {
    await talk.says('hello', 'order');
    await talk.says('2');
  },
  async menu(talk) {
    await talk.says('hello', 'menu');
    await talk.taps('More');
    await talk.taps('Gifts');
  },
  async handoff(talk) {
    await talk.says('hello', 'I want a human');
    await talk.says('hours');
    await talk.answersFromInbox('Ana here, how can I help?');
    await talk.skip('3 hours');
    await talk.says('hours');
  },
  /** Its file is from before operators had names: the updates `takeOver` and `giveBack` resolved to nothing. */
  async 'take-over'(talk) {
    await talk.says('hello', 'hours');
    await talk.takesOver({ reason: 'a complaint', forMs: 3_600_000 });
    await talk.says('hours');
    await talk.takesOver({ reason: 'a complaint' });
    await talk.givesBack();
    await talk.givesBack();
    await talk.says('hours');
  },
  async 'opt-out'(talk) {
    await talk.says('hello', 'stop');
    await talk.says('start');
    await talk.says('hours');
  },
  async segments(talk) {
    await talk.says('hello', 'a mug, please');
    await talk.reacts('love');
  },
  async assistant(talk) {
    await talk.says('hello', 'Is blue a good colour?');
  },
  /** Recorded before bursts were gathered: a file and its caption in one signal, and a file alone. */
  async photo(talk) {
    await talk.sendsMedia('image', undefined, 'hours');
    await talk.sendsMedia('image');
    await talk.says('human');
  },
  /** Continues as new with a snapshot; the files of other talks are from before the patch `snapshot-at-continue-as-new`. */
  async quiet(talk) {
    await talk.says('hello', 'hours');
    await talk.skip('6 minutes');
    await talk.says('hours');
    await talk.skip('6 minutes');
  },
  async closing(talk) {
    await talk.says('hello', 'hours');
    await talk.skip('26 hours');
  },
};
