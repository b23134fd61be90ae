import { choice } from '../form/fields.ts';
import { FORM_OPTIONS, formRules, type FormOptions } from '../form/form-options.ts';
import { formHooks } from '../form/form-plugin.ts';
import type { FormPluginState } from '../form/form-progress.ts';
import type { FormFields } from '../form/steps.ts';
import { optionsOf } from '../options.ts';
import { declareActivities, type ActivityFunctions } from '../plugin-activities.ts';
import { definePlugin, type Plugin } from '../plugin.ts';
import { saveUnsavedLeads, type UnsavedLead } from './save-lead.ts';

/** How consent is asked for, or told of, before the first question. */
export interface ConsentOptions {
  /** What the person is told about the use of their answers. Stored with the lead. */
  readonly text: string;
  /**
   * Title of the button that gives consent, 1 to 20 characters: the person must tap it before the first question.
   * Default: no button, the text is only said.
   */
  readonly agree?: string;
  /** Title of the button that refuses consent and ends the form, 1 to 20 characters. Default: `No, thanks`. */
  readonly decline?: string;
}

/** The options of {@link leadCapture}. Defaults that differ from a form's: `name` is `lead-capture`. */
export interface LeadCaptureOptions extends FormOptions {
  /** Default: the person is neither told nor asked. */
  readonly consent?: ConsentOptions;
  /**
   * The name of a function in `activities.ts` that is called with each lead. It is tried for two days; the store and other
   * systems get the lead in any case. Default: none.
   */
  readonly save?: string;
}

interface LeadCaptureState extends FormPluginState {
  /** Leads that the developer's activity has not accepted yet. */
  unsaved?: readonly UnsavedLead[];
}

/** The field of the consent question, which comes first. */
const CONSENT_FIELD = 'consent';

/**
 * A form whose answers are stored as a lead. An invalid answer is offered to the other plugins first, so a person can ask
 * for the opening hours in between; then the form asks again.
 *
 * @throws BotError `bot_invalid`, with the option that is wrong.
 */
export function leadCapture(given: LeadCaptureOptions): Plugin<LeadCaptureState, ActivityFunctions> {
  const check = optionsOf('leadCapture');
  check.known(given, { ...FORM_OPTIONS, consent: true, save: true });
  const { consent, save, ...options } = given;
  if (save !== undefined) check.that(typeof save === 'string' && save !== '', 'save', 'the name of an activity', save);
  const rules = formRules('leadCapture', {
    name: 'lead-capture',
    done: 'Thank you! We will be in touch.',
    ...options,
    fields: consent?.agree === undefined ? options.fields : withConsent(consent, options.fields),
  });
  if (consent) {
    check.known(consent, { text: true, agree: true, decline: true }, 'consent');
    check.sayable('consent.text', consent.text);
    const isAsked = consent.agree !== undefined;
    check.that(
      !isAsked || !Object.hasOwn(options.fields, CONSENT_FIELD),
      'fields',
      'without "consent" of its own',
      CONSENT_FIELD,
    );
  }
  const intro = consent && consent.agree === undefined ? { intro: consent.text } : {};

  const hooks = formHooks<LeadCaptureState, ActivityFunctions>(
    { ...rules, ...intro },
    {
      async onComplete(ctx, answers, { startedAt, agreedAt }) {
        const given = agreedAt === undefined ? 'told' : 'agreed';
        const consentGiven = consent && ({ text: consent.text, at: agreedAt ?? startedAt, given } as const);
        const lead = await ctx.saveLead(rules.name, answers, consentGiven);
        if (save !== undefined) ctx.state.unsaved = [...(ctx.state.unsaved ?? []), { lead, tries: 0 }];
      },
      afterwards: async (ctx) => (save === undefined ? undefined : saveUnsavedLeads(ctx, save, rules.name)),
    },
  );
  return definePlugin<LeadCaptureState, ActivityFunctions>({
    name: rules.name,
    state: {},
    ...hooks,
    ...(save !== undefined && {
      activities: declareActivities<ActivityFunctions>({
        [save]: { startToCloseTimeout: '10 seconds', retry: { maximumAttempts: 2 } },
      }),
      onWake: (ctx) => saveUnsavedLeads(ctx, save, rules.name),
    }),
  });
}

function withConsent({ text, agree = '', decline = 'No, thanks' }: ConsentOptions, fields: FormFields): FormFields {
  return { [CONSENT_FIELD]: { ...choice(text, [agree, decline]), refusal: decline }, ...fields };
}
