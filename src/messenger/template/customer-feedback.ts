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

/** A survey, in Meta's words. */
export interface CustomerFeedbackTemplate {
  readonly template_type: 'customer_feedback';
  readonly title: string;
  readonly subtitle: string;
  readonly button_title: string;
  readonly feedback_screens: readonly { readonly questions: readonly FeedbackQuestion[] }[];
  readonly business_privacy: { readonly url: string };
  readonly expires_in_days?: number;
}

/** The question of a survey, in Meta's words. */
export interface FeedbackQuestion {
  /** Your own id; the answer in the event `feedback` has it as its key. */
  readonly id: string;
  /** Customer satisfaction, net promoter score, customer effort, or free text. */
  readonly type: (typeof QUESTION_TYPES)[number];
  /** The question's text. */
  readonly title?: string;
  /** Whether the scale goes from negative to positive or the other way. */
  readonly score_label?: (typeof SCORE_LABELS)[number];
  /** How the scale is shown. */
  readonly score_option?: (typeof SCORE_OPTIONS)[number];
  /** A free-text question after the score. */
  readonly follow_up?: { readonly type: 'free_form'; readonly placeholder?: string };
}

/** The options of {@link customerFeedback}. */
export interface CustomerFeedbackOptions {
  /** 1 to 65 characters. */
  readonly title: string;
  /** 1 to 80 characters. */
  readonly subtitle: string;
  /** Title of the button that opens the question, 1 to 20 characters. */
  readonly button: string;
  /** Meta takes exactly one. */
  readonly question: FeedbackQuestion;
  /** URL of the business's privacy policy. */
  readonly privacyUrl: string;
  /** Days until the survey can no longer be answered, 1 to 7. Default: Meta's 1. */
  readonly expiresInDays?: number;
}

/**
 * A card that asks for a rating: a tap on its button opens one question, with stars, smileys or numbers. Unlike a bot's
 * other messages it may be sent for 7 days after the window opened. In development at Meta,
 * send-messages/templates/customer-feedback-template, 2026-03-23.
 *
 * @throws BotError `text_empty`, `text_too_long`, `wrong_number_of_items`, `number_invalid`, `url_invalid` or
 *   `message_invalid`.
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

/** The payload of a survey, whether built or written by hand. */
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

/** The URL of the business's privacy policy; the same in surveys and address forms. */
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
