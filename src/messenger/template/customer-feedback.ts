import {
  requireChoice,
  requireObject,
  requireList,
  requireText,
  requireUrl,
  requireWholeNumber,
  readOptional,
} from '../check/require.ts';
import { LIMITS } from '../outbound/limits.ts';
import { templateMessage, type TemplateMessage } from './template-message.ts';

const QUESTION_TYPES = ['csat', 'nps', 'ces', 'free_form'] as const;
const SCORE_OPTIONS = ['one_to_five', 'five_stars', 'five_emojis', 'zero_to_ten', 'one_to_seven'] as const;
const SCORE_LABELS = ['neg_pos', 'pos_neg'] as const;

export interface CustomerFeedbackTemplate {
  readonly template_type: 'customer_feedback';
  readonly title: string;
  readonly subtitle: string;
  readonly button_title: string;
  readonly feedback_screens: readonly { readonly questions: readonly FeedbackQuestion[] }[];
  readonly business_privacy: { readonly url: string };
  readonly expires_in_days?: number;
}

export interface FeedbackQuestion {
  /** Yours; the answer comes back under it. */
  readonly id: string;
  readonly type: (typeof QUESTION_TYPES)[number];
  readonly title?: string;
  readonly score_label?: (typeof SCORE_LABELS)[number];
  readonly score_option?: (typeof SCORE_OPTIONS)[number];
  readonly follow_up?: { readonly type: 'free_form'; readonly placeholder?: string };
}

export interface CustomerFeedbackOptions {
  /** At most 65 characters. */
  readonly title: string;
  /** At most 80 characters. */
  readonly subtitle: string;
  /** At most 20 characters. */
  readonly button: string;
  readonly question: FeedbackQuestion;
  /** Where the business says what it does with the answer. */
  readonly privacyUrl: string;
  /** 1 to 7; Meta takes 1 when it is left out. */
  readonly expiresInDays?: number;
}

/**
 * A card that asks for a rating: a tap on its button opens one question, with stars, smileys or numbers. Meta also lets
 * it out for 7 days after the window's opening, which nothing else of a bot's is. In development at Meta;
 * send-messages/templates/customer-feedback-template, 2026-03-23.
 */
export function customerFeedback(options: CustomerFeedbackOptions): TemplateMessage<CustomerFeedbackTemplate> {
  const { title, subtitle, button, question, privacyUrl, expiresInDays } = options;
  return templateMessage(
    requireCustomerFeedback({
      template_type: 'customer_feedback',
      title,
      subtitle,
      button_title: button,
      feedback_screens: [{ questions: [question] }],
      business_privacy: { url: privacyUrl },
      expires_in_days: expiresInDays,
    }),
  );
}

export function requireCustomerFeedback(value: unknown): CustomerFeedbackTemplate {
  const keys = 'template_type title subtitle button_title feedback_screens business_privacy expires_in_days'.split(' ');
  const survey = requireObject('A survey', value, keys, FEEDBACK_CURE);
  return {
    template_type: 'customer_feedback',
    title: requireText('The title of a survey', survey['title'], LIMITS.feedbackTitleChars),
    subtitle: requireText('The subtitle of a survey', survey['subtitle'], LIMITS.feedbackSubtitleChars),
    button_title: requireText('The button of a survey', survey['button_title'], LIMITS.feedbackButtonTitleChars),
    feedback_screens: requireList('The screens of a survey', survey['feedback_screens'], 1, 1).map(requireScreen),
    business_privacy: requirePrivacy('survey', survey['business_privacy']),
    ...readOptional(survey, 'expires_in_days', (days) =>
      requireWholeNumber('The days until a survey expires', days, 1, LIMITS.feedbackDays),
    ),
  };
}

const FEEDBACK_CURE = 'Use customerFeedback(…)';

/** Where the business says what it does with what it learns; the same in both of Meta's forms. */
export function requirePrivacy(form: string, value: unknown): { readonly url: string } {
  const privacy = requireObject(`The privacy address of a ${form}`, value, ['url'], 'Give it as privacyUrl');
  return { url: requireUrl(`The privacy address of a ${form}`, privacy['url']) };
}

function requireScreen(value: unknown): CustomerFeedbackTemplate['feedback_screens'][number] {
  const screen = requireObject('A screen of a survey', value, ['questions'], FEEDBACK_CURE);
  return { questions: requireList('The questions of a survey', screen['questions'], 1, 1).map(requireQuestion) };
}

function requireQuestion(value: unknown): FeedbackQuestion {
  const keys = ['id', 'type', 'title', 'score_label', 'score_option', 'follow_up'];
  const question = requireObject('The question of a survey', value, keys, FEEDBACK_CURE);
  return {
    id: requireText('The id of a question', question['id']),
    type: requireChoice('The type of a question', question['type'], QUESTION_TYPES),
    ...readOptional(question, 'title', (text) => requireText('The title of a question', text)),
    ...readOptional(question, 'score_label', (label) => requireChoice('The score label', label, SCORE_LABELS)),
    ...readOptional(question, 'score_option', (option) => requireChoice('The score option', option, SCORE_OPTIONS)),
    ...readOptional(question, 'follow_up', requireFollowUp),
  };
}

function requireFollowUp(value: unknown): NonNullable<FeedbackQuestion['follow_up']> {
  const followUp = requireObject('The follow-up of a question', value, ['type', 'placeholder'], FEEDBACK_CURE);
  return {
    type: requireChoice('The type of a follow-up', followUp['type'], ['free_form']),
    ...readOptional(followUp, 'placeholder', (text) => requireText('The placeholder of a follow-up', text)),
  };
}
