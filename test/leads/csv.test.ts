import { expect, test } from 'vitest';
import { csvLine } from '../../src/leads/csv.ts';

test.each([
  ['Ana', 'Ana'],
  ['', ''],
  ['Ana, "the first"', '"Ana, ""the first"""'],
  ['one\r\ntwo', '"one\r\ntwo"'],
  [' Ana ', '" Ana "'],
  ['a;b', '"a;b"'],
  ['=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'],
  ['+351912345678', '+351912345678'],
  ['-1,5', '"-1,5"'],
  ["+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1+1', '"\'\t=1+1"'],
  ['  =1+1', "'  =1+1"],
  ['\uff1d1+1', "'\uff1d1+1"],
])('%j is written as %j', (cell, written) => {
  expect(csvLine([cell])).toBe(`${written}\r\n`);
});
