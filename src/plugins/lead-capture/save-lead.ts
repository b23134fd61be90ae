/** Hands leads to the author's own activity, again and again for two days; meanwhile they are in the plugin's state. */

import type { Lead } from '../../domain/lead.ts';
import type { ActivityFunctions } from '../plugin-activities.ts';
import type { PluginContext } from '../plugin.ts';

export interface Unsaved {
  readonly lead: Lead;
  readonly tries: number;
}

type Context = PluginContext<{ unsaved?: readonly Unsaved[] }, ActivityFunctions>;

const MINUTE_MS = 60_000;
/** After the first try, the second, … */
const PAUSES_MS = [1, 5, 30, 120, 360, 720, 720, 720].map((minutes) => minutes * MINUTE_MS);

/** Tries what is left, once each; the rest is tried at the next wake-up. The lead's id is the same every time. */
export async function saveOutside(ctx: Context, save: string, form: string): Promise<void> {
  const left: Unsaved[] = [];
  for (const { lead, tries } of ctx.state.unsaved ?? []) {
    try {
      await ctx.activities[save]?.(lead);
    } catch {
      if (tries < PAUSES_MS.length) left.push({ lead, tries: tries + 1 });
      else {
        ctx.log.error(`The activity ${save} never took a lead; it is in the store`, { leadId: lead.leadId });
        ctx.emit(`${form}.not-saved`, { leadId: lead.leadId });
      }
    }
  }
  delete ctx.state.unsaved;
  if (left.length === 0) return;
  ctx.state.unsaved = left;
  ctx.wakeAt(ctx.now + Math.min(...left.map(({ tries }) => PAUSES_MS[tries - 1] ?? MINUTE_MS)), 'save');
}
