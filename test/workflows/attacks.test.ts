/** What one conversation does to the time, the built-in objects and the process of its thread, and the neighbour meanwhile. */

import { describe, expect, test } from 'vitest';
import { startTalk, type Talk } from '../support/talk.ts';

const BOT = 'test/support/bots/attacks/bot.ts';
const UNTOUCHED = `state: ${JSON.stringify([2, null, null, 'a', null, 1, 2, 1, 'Error: a'])}`;

/** A person attacks while a neighbour asks; both are answered. */
async function attack(text: string): Promise<{ attacker: Talk; heard: readonly string[] }> {
  const [attacker, neighbour] = [await startTalk(BOT), await startTalk(BOT)];
  await neighbour.says('hello');
  await neighbour.hears(1);
  await attacker.says(text);
  await neighbour.says('state');
  expect(await neighbour.hears(1)).toEqual([UNTOUCHED]);
  const heard = await attacker.hears(1);
  await attacker.says('state');
  expect(await attacker.hears(1)).toEqual([UNTOUCHED]);
  return { attacker, heard };
}

describe('a pattern ends in time, and the neighbour is answered:', () => {
  test.each([
    ['literal', 'false'],
    ['dots', 'false'],
    ['runTimePattern', 'false'],
    ['dependency', 'false'],
    ['anyCase', 'false'],
    ['split', '1'],
    ['replaceAll', '3000'],
    ['matchAll', '0'],
    ['subclass', '3000'],
    ['backReference', 'false'],
    ['lookahead', '1,234,567'],
  ])('%s', async (name, result) => {
    const { heard } = await attack(name);
    const [answer = ''] = heard;
    expect(answer.replace(`${name}: `, '')).toEqual(result);
  });

  test('a pattern of the FAQ, on a long message', async () => {
    const { heard } = await attack('word '.repeat(390));
    expect(heard).toEqual(['heard word word word word ']);
  });
});

describe('fails its hook alone, and says why:', () => {
  const tooMuch = 'It does too much at once';
  const noCode = 'A bot cannot run code from a string';
  const frozen = /Cannot (?:assign|add|redefine|define)|not extensible|object is not extensible|read only/;
  test.each<[string, string | RegExp]>([
    ['unboundUnicode', 'Leave out the flag u, or write it without'],
    ['unboundLookahead', 'Leave out the lookahead or lookbehind'],
    ['unboundCounts', 'Leave out repeat counts above 16'],
    ['compile', 'compile is not a function'],
    ['patternLoop', tooMuch],
    ['quadraticReplace', tooMuch],
    ['lookaheads', tooMuch],
    ['thenChain', tooMuch],
    ['thenChainInParts', tooMuch],
    ['catchChain', tooMuch],
    ['promises', /too much at once|call stack/],
    ['asyncGenerator', tooMuch],
    ['generator', /too much at once|call stack/],
    ['arrayFrom', tooMuch],
    ['emptyArrayFrom', tooMuch],
    ['repeat', tooMuch],
    ['padEnd', tooMuch],
    ['timeout', 'setTimeout cannot be called by a bot'],
    ['interval', 'setInterval cannot be called by a bot'],
    ['immediate', 'setImmediate cannot be called by a bot'],
    ['hostTimeout', 'AbortSignal.timeout cannot be called by a bot'],
    ['newFunction', noCode],
    ['callFunction', noCode],
    ['evaluate', noCode],
    ['indirectEval', noCode],
    ['asyncFunction', noCode],
    ['generatorFunction', noCode],
    ['outByContext', noCode],
    ['outByUrl', noCode],
    ['outByConsole', noCode],
    ['outByEncoder', noCode],
    ['outByError', noCode],
    ['outByAbort', noCode],
    ['mapGet', frozen],
    ['arrayMethod', frozen],
    ['arrayPrototype', frozen],
    ['stringMethod', frozen],
    ['urlMethod', frozen],
    ['json', frozen],
    ['math', frozen],
    ['then', frozen],
    ['iterator', frozen],
    ['symbol', frozen],
    ['objectToString', frozen],
    ['newOnObject', frozen],
    ['dateMethod', frozen],
    ['pattern', frozen],
    ['functionCall', frozen],
    ['errorName', frozen],
  ])('%s', async (name, reason) => {
    const { attacker, heard } = await attack(name);
    expect(heard).toEqual([`heard ${name}`.slice(0, 26)]);
    const warning = attacker.stage.warnings().findLast((line) => line.includes('"attacker"'));
    expect(warning).toMatch(reason);
  });
});

test('what programs usually override on objects of their own still works', async () => {
  const { heard } = await attack('overrides');
  expect(heard).toEqual(['overrides: Problem ours plain old Old toString,constructor']);
});

test('a polyfill that the bot adds while it is loaded is there, in each conversation', async () => {
  const { heard } = await attack('polyfill');
  expect(heard).toEqual(['polyfill: 2']);
});

test('a date does not lead to the real clock', async () => {
  const { heard } = await attack('clock');
  expect(heard).toEqual(['clock: 0']);
});
