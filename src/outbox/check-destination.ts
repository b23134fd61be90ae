/** What a destination must be like, however it is added. */

import { DESTINATION_FORMATS, isTopicPattern, MAX_TOPIC_PATTERNS } from '../domain/outgoing-event.ts';
import { isAllowedHost, isConfidentialUrl, type PrivateAddresses } from '../outgoing-addresses.ts';
import type { NewDestination } from '../store/outbox/destinations.ts';

/** What is wrong with a field of a destination. */
export interface DestinationProblem {
  readonly field: keyof NewDestination;
  /** What is wrong, with which value, and the cure; never more of the address than its host. */
  readonly message: string;
}

/** The form of a destination's name. */
export const DESTINATION_NAME = /^[a-z0-9][a-z0-9-]{0,49}$/;
const MAX_URL_CHARS = 2000;

/** Everything that is wrong with a destination that is to be added. */
export function checkDestination(
  { name, url, topics, format }: NewDestination,
  privateAddresses: PrivateAddresses,
): readonly DestinationProblem[] {
  const problems: DestinationProblem[] = [];
  if (!DESTINATION_NAME.test(name)) {
    const message =
      'It is no name of a destination. Take up to 50 lower-case letters, digits and hyphens, such as crm.';
    problems.push({ field: 'name', message });
  }
  const urlProblem = problemWithUrl(url, privateAddresses);
  if (urlProblem !== undefined) problems.push({ field: 'url', message: urlProblem });
  if (topics.length === 0 || topics.length > MAX_TOPIC_PATTERNS) {
    problems.push({ field: 'topics', message: `Name 1 to ${MAX_TOPIC_PATTERNS} topics, such as lead.* or handoff.` });
  }
  for (const topic of topics.filter((text) => !isTopicPattern(text))) {
    const message = `"${topic.slice(0, 100)}" is no topic. Write a name, a name with .* at its end, or * alone for all.`;
    problems.push({ field: 'topics', message });
  }
  if (!DESTINATION_FORMATS.includes(format)) {
    problems.push({ field: 'format', message: `Take one of ${DESTINATION_FORMATS.join(', ')}.` });
  }
  return problems;
}

function problemWithUrl(text: string, privateAddresses: PrivateAddresses): string | undefined {
  const cure = 'Write an https:// address (http:// only within a private network), without user and password.';
  const url = text.length <= MAX_URL_CHARS && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['https:', 'http:'].includes(url.protocol)) return `It is no web address. ${cure}`;
  if (url.username !== '' || url.password !== '') return `It has a user or a password, which logs would show. ${cure}`;
  if (!isConfidentialUrl(url)) return `What people wrote would travel to ${url.host} unencrypted. ${cure}`;
  if (isAllowedHost(url.hostname, privateAddresses)) return undefined;
  return `${url.hostname} is an address in a private network. Name a public one, or set OUTGOING_PRIVATE_ADDRESSES=allow.`;
}
