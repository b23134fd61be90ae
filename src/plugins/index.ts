/** The bundled plugins, and the built-in fields of forms. */
export { analytics, type AnalyticsOptions } from './analytics/index.ts';
export { assistant, type AssistantOptions } from './assistant/index.ts';
export { broadcast, type Broadcast, type BroadcastOptions } from './broadcast/index.ts';
export { faq, type FaqOptions, type Question } from './faq/index.ts';
export { followUp, type FollowUpOptions } from './follow-up/index.ts';
export {
  choice,
  date,
  email,
  field,
  form,
  number,
  phone,
  text,
  type Field,
  type FormOptions,
  type FormTexts,
  type StandardSchema,
} from './form/index.ts';
export { handoff, type HandoffOptions } from './handoff/index.ts';
export { leadCapture, type ConsentOptions, type LeadCaptureOptions } from './lead-capture/index.ts';
export { menu, menuPayload, type Choice, type MenuAction, type MenuOptions, type Submenu } from './menu/index.ts';
export { optOut, type OptOutOptions, type OptOutTexts } from './opt-out/index.ts';
export { segments, type SegmentRuleOptions, type SegmentsOptions } from './segments/index.ts';
export { welcome, type WelcomeOptions } from './welcome/index.ts';
