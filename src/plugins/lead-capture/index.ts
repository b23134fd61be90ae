import { choice } from '../form/fields.ts';
import { formRules, type FormOptions } from '../form/form-options.ts';
import { formHooks, type FormPluginState } from '../form/form-plugin.ts';
import type { Fields } from '../form/steps.ts';
import { optionsOf } from '../options.ts';
import { declareActivities, type ActivityFunctions } from '../plugin-activities.ts';
import { definePlugin, type Plugin } from '../plugin.ts';
import { saveOutside, type Unsaved } from './save-lead.ts';

export interface ConsentOptions {
  /** What the person is told about the use of their answers. It is kept with the lead. */
  readonly text: string;
  /** On a button: the person must tap it before the first question. Left out: they are only told. */
  readonly agree?: string;
  /** On the other button; it ends the form. Default: `No, thanks`. */
  readonly decline?: string;
}

export interface LeadCaptureOptions extends FormOptions {
  readonly consent?: ConsentOptions;
  /** The name of a function in `activities.ts` that is given each lead, besides the store and the webhook. */
  readonly save?: string;
}

interface LeadCaptureState extends FormPluginState {
  /** Leads that the author's own activity has not taken yet. */
  unsaved?: readonly Unsaved[];
}

/** The question before the others. */
const CONSENT = 'consent';

/**
 * Asks for contact data and keeps it as a lead. What is no answer is offered to the other plugins first, so a person
 * can ask for the opening hours in the middle; then the form goes on.
 */
export function leadCapture({
  consent,
  save,
  ...options
}: LeadCaptureOptions): Plugin<LeadCaptureState, ActivityFunctions> {
  const check = optionsOf('leadCapture');
  if (save !== undefined) check.that(typeof save === 'string' && save !== '', 'save', 'the name of an activity', save);
  const rules = formRules('leadCapture', {
    name: 'lead-capture',
    done: 'Thank you! We will be in touch.',
    ...options,
    fields: consent?.agree === undefined ? options.fields : withConsent(consent, options.fields),
  });
  if (consent) {
    check.sayable('consent.text', consent.text);
    const isAsked = consent.agree !== undefined;
    check.that(!isAsked || !Object.hasOwn(options.fields, CONSENT), 'fields', 'without "consent" of its own', CONSENT);
  }
  const intro = consent && consent.agree === undefined ? { intro: consent.text } : {};

  const hooks = formHooks<LeadCaptureState, ActivityFunctions>(
    { ...rules, ...intro },
    {
      async keep(ctx, answers, { startedAt, agreedAt }) {
        const given = agreedAt === undefined ? 'told' : 'agreed';
        const kept = consent && ({ text: consent.text, at: agreedAt ?? startedAt, given } as const);
        const lead = await ctx.saveLead(rules.name, answers, kept);
        if (save !== undefined) ctx.state.unsaved = [...(ctx.state.unsaved ?? []), { lead, tries: 0 }];
      },
      afterwards: async (ctx) => (save === undefined ? undefined : saveOutside(ctx, save, rules.name)),
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
      onWake: (ctx) => saveOutside(ctx, save, rules.name),
    }),
  });
}

function withConsent({ text, agree = '', decline = 'No, thanks' }: ConsentOptions, fields: Fields): Fields {
  return { [CONSENT]: { ...choice(text, [agree, decline]), refusal: decline }, ...fields };
}
