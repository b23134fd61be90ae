import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { assistantActivities } from '../../../../src/plugins/assistant/activities.ts';

const provider = createOpenAICompatible({
  name: 'stand-in',
  baseURL: process.env['STAND_IN_URL'] ?? '',
  apiKey: 'sk-invented',
});

export const activities = {
  ...assistantActivities({
    model: provider('model-1'),
    system: ({ locale = 'en_US' }) => `We sell mugs. The person's locale is ${locale}.`,
    within: '2 seconds',
    maxOutputTokens: 100,
    longestAnswer: 80,
  }),
};
