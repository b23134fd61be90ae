import type { AssistantActivities } from 'everthread/assistant';

/** Stands in for a language model. */
export const activities: AssistantActivities = {
  assistantAnswer: async () => ({ status: 'answered', text: 'I would say so.' }),
};
