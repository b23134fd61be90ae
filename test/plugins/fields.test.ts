import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { MessageEvent } from '../../src/index.ts';
import { answerForm, beginForm } from '../../src/plugins/form/index.ts';
import { choice, date, email, field, number, phone, text, type Field } from '../../src/plugins/index.ts';

function aMessage(content: Pick<MessageEvent, 'text' | 'quickReply'>): MessageEvent {
  return {
    kind: 'message',
    channel: 'messenger',
    pageId: '104857600123456',
    psid: '6120459871230045',
    at: 0,
    dedupeKey: 'm_1',
    isStandby: false,
    mid: 'm_1',
    attachments: [],
    commands: [],
    ...content,
  };
}

/** What a form stores of an answer; `undefined` for an invalid one. */
async function kept(one: Field, answer: string): Promise<string | undefined> {
  const step = await answerForm({ one }, { asking: 'one', answers: {} }, aMessage({ text: answer }));
  return step.status === 'complete' ? step.answers['one'] : undefined;
}

describe('email', () => {
  test.each([
    ['ana@shop.example', 'ana@shop.example'],
    ['  Ana.Silva+bot@Shop.Example ', 'ana.silva+bot@shop.example'],
    ['ana@xn--caf-dma.example', 'ana@xn--caf-dma.example'],
    ['ana at shop', undefined],
    ['ana@shop', undefined],
    ['ana@shop.', undefined],
    ['ana@.example', undefined],
    ['ana@shop..example', undefined],
    ['@shop.example', undefined],
    ['ana@b@shop.example', undefined],
    ['my mail is ana@shop.example', 'ana@shop.example'],
    ['ana@shop.example,', 'ana@shop.example'],
    ['ana@shop.example.', 'ana@shop.example'],
    ['ana@shop.example!', 'ana@shop.example'],
    ['ana@shop.example。', 'ana@shop.example'],
    ['<ana@shop.example>', 'ana@shop.example'],
    ['(ana@shop.example)', 'ana@shop.example'],
    ['“ana@shop.example”', 'ana@shop.example'],
    ["'ana@shop.example'.", 'ana@shop.example'],
    ['*ana@shop.example*', 'ana@shop.example'],
    ['Ana Silva <ana@shop.example>', 'ana@shop.example'],
    ['mailto:ana@shop.example', 'ana@shop.example'],
    ['mailto:ana@shop.example?subject=Hi', 'ana@shop.example'],
    ['[ana@shop.example](mailto:ana@shop.example)', 'ana@shop.example'],
    ['My email is Ana@Shop.example. Thanks!', 'ana@shop.example'],
    ['E-mail: ana@shop.example', 'ana@shop.example'],
    ['ana @ shop.example', 'ana@shop.example'],
    ['\u202Aana@shop.example\u202C', 'ana@shop.example'],
    ['ana\u200B@shop.\u00ADexample\u200F', 'ana@shop.example'],
    ['ana＠shop．example', 'ana@shop.example'],
    ['İNFO@shop.example', 'info@shop.example'],
    ["o'brien_@shop.example", "o'brien_@shop.example"],
    ['_ana@shop.example', '_ana@shop.example'],
    ['ana@café.example', 'ana@café.example'],
    ['ana@shop.example or rui@shop.example', undefined],
    ['ana@shop.example, not ana@shop', undefined],
    ['ask @ana', undefined],
    ['ana@192.168.1.1', undefined],
    ['I have none', undefined],
    [`ana@shop.example ${'x'.repeat(500)}`, undefined],
    [`${'a'.repeat(65)}@shop.example`, undefined],
    [`ana@${'a'.repeat(250)}.example`, undefined],
    ['', undefined],
  ])('%j is stored as %j', async (answer, expected) => {
    expect(await kept(email('?'), answer)).toBe(expected);
  });
});

describe('phone', () => {
  test.each([
    ['+351 912 345 678', '+351912345678'],
    ['(202) 555-0123', '2025550123'],
    ['030/123.456', '030123456'],
    ['12345', undefined],
    ['+1234567890123456', undefined],
    ['++351912345678', undefined],
    ['call me', undefined],
    ['912 345 678 please', '912345678'],
    ['My number is +351 912 345 678.', '+351912345678'],
    ['\u202A+351 912 345 678\u202C', '+351912345678'],
    ['+351\u2011912\u2011345\u2011678', '+351912345678'],
    ['+351\u00A0912\u2009345\u2013678', '+351912345678'],
    ['＋３５１ ９１２ ３４５ ６７８', '+351912345678'],
    ['+٩٦٦ ٥٠ ١٢٣ ٤٥٦٧', '+966501234567'],
    ['tel:+351912345678', '+351912345678'],
    ['00351 912 345 678', '+351912345678'],
    ['+44 (0)20 7946 0958', '+442079460958'],
    ['+44 020 7946 0958', '+442079460958'],
    ['+7 8 (912) 345-67-89', '+79123456789'],
    ['+39 06 698 12345', '+390669812345'],
    ['+800 1234 5678', '+80012345678'],
    ['+999 123 456', undefined],
    ['+351 12', undefined],
    ['912 345 678 or 912 345 679', undefined],
    ['order A912345678', undefined],
    ['912345678abc', undefined],
    [`912 345 678 ${'x'.repeat(200)}`, undefined],
  ])('%j is stored as %j', async (answer, expected) => {
    expect(await kept(phone('?'), answer)).toBe(expected);
  });
});

describe('phone of a country', () => {
  test.each([
    ['PT', '912 345 678', '+351912345678'],
    ['PT', '351 912 345 678', '+351912345678'],
    ['PT', '+44 20 7946 0958', '+442079460958'],
    ['US', '(202) 555-0123', '+12025550123'],
    ['US', '1-202-555-0123', '+12025550123'],
    ['US', '011 351 912 345 678', '+351912345678'],
    ['DE', '030/123456', '+4930123456'],
    ['GB', '07911 123456', '+447911123456'],
    ['IT', '06 698 12345', '+390669812345'],
    ['RU', '8 (912) 345-67-89', '+79123456789'],
    ['HU', '06 20 123 4567', '+36201234567'],
    ['PT', '12 34 56 7', undefined],
    ['US', '555-0123', undefined],
  ])('%s: %j is stored as %j', async (country, answer, expected) => {
    expect(await kept(phone('?', { country }), answer)).toBe(expected);
  });

  test('is checked, and the words after an invalid answer may stand beside it or alone', () => {
    expect(() => phone('?', { country: 'Portugal' })).toThrow(/phone: "country" must be two capital letters/);
    expect(phone('?', { country: 'PT', retry: 'Again, please.' }).retry).toBe('Again, please.');
    expect(phone('?', 'Again, please.').retry).toBe('Again, please.');
    expect(phone('?', { country: 'PT' }).retry).toBeUndefined();
  });
});

describe('text', () => {
  test.each([
    ['Ana', 'Ana'],
    ['  Ana  ', 'Ana'],
    ['   ', undefined],
    ['\u202AAna\u202C', 'Ana'],
    ['\u200B\u200F', undefined],
    ['Ana ❤\uFE0F', 'Ana ❤\uFE0F'],
    ['x'.repeat(20), 'x'.repeat(20)],
    ['x'.repeat(21), undefined],
  ])('%j is stored as %j', async (answer, expected) => {
    expect(await kept(text('?', { most: 20 }), answer)).toBe(expected);
  });
});

describe('number', () => {
  test.each([
    ['3', '3'],
    ['-2', '-2'],
    ['1,5', '1.5'],
    ['1.5', '1.5'],
    ['+4', '4'],
    ['3.', '3'],
    ['３', '3'],
    ['٣٫٥', '3.5'],
    ['\u22122', '-2'],
    ['\u200F12\u200F', '12'],
    ['', undefined],
    ['Infinity', undefined],
    ['NaN', undefined],
    ['0x10', undefined],
    ['1e3', undefined],
    ['1.000,50', undefined],
    ['three', undefined],
    ['3 mugs', undefined],
  ])('%j is stored as %j', async (answer, expected) => {
    expect(await kept(number('?'), answer)).toBe(expected);
  });

  test('has a least and a most', async () => {
    const mugs = number('How many?', { least: 1, most: 10 });
    expect(await kept(mugs, '0')).toBeUndefined();
    expect(await kept(mugs, '1')).toBe('1');
    expect(await kept(mugs, '10')).toBe('10');
    expect(await kept(mugs, '11')).toBeUndefined();
  });
});

describe('choice', () => {
  const color = choice('Which one?', ['Blue', 'Red']);

  test('a tapped answer, or the same typed in any case', async () => {
    expect(await kept(color, 'Blue')).toBe('Blue');
    expect(await kept(color, ' red ')).toBe('Red');
    expect(await kept(color, 'Red.')).toBe('Red');
    expect(await kept(color, '\u200Fréd\u200F')).toBe('Red');
    expect(await kept(choice('Which one?', ['Ação', 'Café']), 'acao!')).toBe('Ação');
    expect(await kept(color, 'green')).toBeUndefined();
  });

  test('offers the answers as quick replies', () => {
    expect(color.ask).toMatchObject({ text: 'Which one?', quick_replies: [{ title: 'Blue' }, { title: 'Red' }] });
  });
});

describe('date', () => {
  test.each([
    ['2026-12-24', '2026-12-24'],
    ['24.12.2026', '2026-12-24'],
    ['4/2/2026', '2026-02-04'],
    ['29.2.2028', '2028-02-29'],
    ['24. 12. 2026', '2026-12-24'],
    ['24.12.2026.', '2026-12-24'],
    ['24\u201112\u20112026', '2026-12-24'],
    ['24-12-2026', '2026-12-24'],
    ['٢٤/١٢/٢٠٢٦', '2026-12-24'],
    ['\u202A2026-12-24\u202C', '2026-12-24'],
    ['29.2.2026', undefined],
    ['31.4.2026', undefined],
    ['24.13.2026', undefined],
    ['24.12.26', undefined],
    ['tomorrow', undefined],
  ])('%j is stored as %j', async (answer, expected) => {
    expect(await kept(date('?'), answer)).toBe(expected);
  });
});

describe('a schema of another library', () => {
  test('validates, with its own messages', async () => {
    const size = field('Which size?', z.coerce.number().int().min(36, 'We begin at 36.'));
    expect(await kept(size, '42')).toBe('42');
    const step = await answerForm({ size }, { asking: 'size', answers: {} }, aMessage({ text: '12' }));
    expect(step).toEqual({ status: 'invalid_answer', say: 'We begin at 36.' });
  });

  test('may be asynchronous and transform', async () => {
    const code = field(
      'Code?',
      z.string().transform(async (value) => ({ code: value.toUpperCase() })),
    );
    expect(await kept(code, 'abc')).toBe('{"code":"ABC"}');
    expect(await kept(field('When?', z.coerce.date()), '2026-12-24')).toBe('2026-12-24T00:00:00.000Z');
  });

  test('is overruled by `retry`', async () => {
    const size = field('Which size?', z.coerce.number(), 'A number, please.');
    const step = await answerForm({ size }, { asking: 'size', answers: {} }, aMessage({ text: 'large' }));
    expect(step).toEqual({ status: 'invalid_answer', say: 'A number, please.' });
  });
});

describe('a form', () => {
  test('asks in the order of its fields, also where a field is called like something every object has', async () => {
    const fields = { constructor: text('First?'), toString: text('Second?') };
    const begun = beginForm(fields);
    expect(begun).toMatchObject({ status: 'ask', say: 'First?' });
    const next = await answerForm(fields, { asking: 'constructor', answers: {} }, aMessage({ text: 'a' }));
    expect(next).toMatchObject({ status: 'ask', say: 'Second?', state: { answers: { constructor: 'a' } } });
  });

  test('takes the payload of a quick reply that has no text', async () => {
    const step = await answerForm(
      { one: email('?') },
      { asking: 'one', answers: {} },
      aMessage({ quickReply: 'ana@shop.example' }),
    );
    expect(step).toMatchObject({ status: 'complete', answers: { one: 'ana@shop.example' } });
  });

  test('rejects a photo as an answer', async () => {
    const step = await answerForm({ one: text('?') }, { asking: 'one', answers: {} }, aMessage({}));
    expect(step.status).toBe('invalid_answer');
  });

  test('asks the next question when a deploy removed the open one', async () => {
    const step = await answerForm({ name: text('Name?') }, { asking: 'email', answers: {} }, aMessage({ text: 'x' }));
    expect(step).toMatchObject({ status: 'ask', say: 'Name?' });
  });

  test('has plain JSON as its state', async () => {
    const fields = { a: text('A?'), b: number('B?') };
    let state: unknown;
    const first = beginForm(fields);
    if (first.status === 'ask') state = JSON.parse(JSON.stringify(first.state));
    const second = await answerForm(fields, state as never, aMessage({ text: 'x' }));
    if (second.status === 'ask') state = JSON.parse(JSON.stringify(second.state));
    expect(await answerForm(fields, state as never, aMessage({ text: '7' }))).toEqual({
      status: 'complete',
      answers: { a: 'x', b: '7' },
    });
  });
});
