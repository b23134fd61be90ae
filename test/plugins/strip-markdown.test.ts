import { expect, test } from 'vitest';
import { stripMarkdown } from '../../src/plugins/assistant/strip-markdown.ts';

test.each([
  ['# Prices\n\nA mug costs **5 €**.', 'Prices\n\nA mug costs 5 €.'],
  ['* one\n- two\n+ three', '• one\n• two\n• three'],
  ['See [the shop](https://shop.example/a?b=1) now', 'See the shop (https://shop.example/a?b=1) now'],
  ['![a mug](https://shop.example/mug.png)', 'a mug (https://shop.example/mug.png)'],
  ['Run `npm start`:\n```sh\nnpm start\n```', 'Run npm start:\n\nnpm start'],
  ['It is __sure__, and snake__case__stays', 'It is sure, and snake__case__stays'],
  ['2 * 3 * 4 = 24, #1 of 5', '2 * 3 * 4 = 24, #1 of 5'],
  ['a\u0000b\u202Ec\r\nd', 'a b c\nd'],
  ['one\n\n\n\ntwo', 'one\n\ntwo'],
  ['👩‍👩‍👧 stays whole', '👩‍👩‍👧 stays whole'],
])('%j becomes %j', (written, shown) => expect(stripMarkdown(written)).toBe(shown));
