import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRateLimitUsage } from '../../src/graph/usage.ts';

const BUSINESS = 'x-business-use-case-usage';
const APP = 'x-app-usage';

test.each<[what: string, headers: Record<string, string | string[]>, usage: object | undefined]>([
  ['no header', {}, undefined],
  ['of the app', { [APP]: '{"call_count":28,"total_time":25,"total_cputime":31}' }, { percent: 31 }],
  [
    'of a business, with a wait in minutes',
    {
      [BUSINESS]:
        '{"804857600123456":[{"type":"messenger","call_count":100,"total_cputime":4,"total_time":5,"estimated_time_to_regain_access":3}]}',
    },
    { percent: 100, regainAccessInMs: 180_000 },
  ],
  [
    'of several: the worst counts',
    {
      [APP]: '{"call_count":60}',
      [BUSINESS]:
        '{"1":[{"call_count":12,"estimated_time_to_regain_access":0},{"total_time":97.5}],"2":[{"call_count":3}]}',
    },
    { percent: 97.5 },
  ],
  ['a header that came twice', { [APP]: ['{"call_count":5}', '{"call_count":7}'] }, { percent: 7 }],
  ['one that is no JSON beside one that is', { [APP]: 'much', [BUSINESS]: '{"1":[{"call_count":9}]}' }, { percent: 9 }],
  ['values that are no numbers', { [APP]: '{"call_count":"28","total_time":-1,"total_cputime":null}' }, undefined],
  ['other shapes', { [APP]: '[]', [BUSINESS]: '{"1":{"call_count":9},"2":[null,7,[]]}' }, undefined],
])('%s', (_, headers, usage) => {
  expect(readRateLimitUsage(headers)).toEqual(usage);
});

test('no header throws', () => {
  const header = fc.oneof(fc.string(), fc.json());
  fc.assert(
    fc.property(header, header, (app, business) => {
      const usage = readRateLimitUsage({ [APP]: app, [BUSINESS]: business });
      expect(usage === undefined || usage.percent >= 0).toBe(true);
    }),
  );
});
