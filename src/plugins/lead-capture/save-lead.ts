/** Calls the developer's own activity with each lead, with retries for two days; until then the leads are in the plugin's state. */

import type { Lead } from '../../domain/lead.ts';
import type { ActivityFunctions } from '../plugin-activities.ts';
import type { PluginContext } from '../plugin.ts';

/** A lead that the developer's activity has not accepted yet. Persisted with the conversation: field names stay. */
export interface UnsavedLead {
  readonly lead: Lead;
  /** Failed calls so far. */
  readonly tries: number;
}

type SaveContext = PluginContext<{ unsaved?: readonly UnsavedLead[] }, ActivityFunctions>;

/** Backoff after the first try, the second, … : two days in all. */
const BACKOFF_MS = [1, 5, 30, 120, 360, 720, 720, 720].map((minutes) => minutes * 60_000);

/**
 * Calls the activity `save` once for each unsaved lead, and asks for a wake-up for those that failed. A lead has the same
 * id in every call, so the activity can tell a repetition.
 */
export async function saveUnsavedLeads(ctx: SaveContext, save: string, form: string): Promise<void> {
  const left: UnsavedLead[] = [];
  for (const { lead, tries } of ctx.state.unsaved ?? []) {
    try {
      await ctx.activities[save]?.(lead);
    } catch {
      if (tries < BACKOFF_MS.length) left.push({ lead, tries: tries + 1 });
      else {
        ctx.log.error(`The activity ${save} failed for a lead on every try; the lead is in the store`, {
          leadId: lead.leadId,
        });
        ctx.emit(`${form}.not-saved`, { leadId: lead.leadId });
      }
    }
  }
  delete ctx.state.unsaved;
  if (left.length === 0) return;
  ctx.state.unsaved = left;
  ctx.wakeAt(ctx.now + Math.min(...left.map(({ tries }) => BACKOFF_MS[tries - 1] ?? 60_000)), 'save');
}
