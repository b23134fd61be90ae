/** The plugin. It runs in Temporal's sandbox, so it imports `everthread` and nothing of Node. */

import { definePlugin, declareActivities, type Plugin } from 'everthread';
import type { ParcelActivities } from './activities.ts';

/** Options of {@link parcel}. */
export interface ParcelOptions {
  /** What a parcel's number looks like. Default: the letters PT and four digits or more. */
  readonly number?: RegExp;
}

interface ParcelState {
  /** The number of the last question, for "and now?". */
  last?: string;
}

/** Answers a parcel's number with the place of the parcel, and "and now?" with its place by then. */
export function parcel({ number = /\bPT\d{4,}\b/i }: ParcelOptions = {}): Plugin<ParcelState, ParcelActivities> {
  return definePlugin<ParcelState, ParcelActivities>({
    name: 'parcel',
    state: {},
    activities: declareActivities<ParcelActivities>({
      findParcel: { startToCloseTimeout: '5 seconds', retry: { maximumAttempts: 2 } },
    }),
    async onMessage(ctx, { text = '' }) {
      const asked = number.exec(text)?.[0].toUpperCase() ?? (/^and now\b/i.test(text) ? ctx.state.last : undefined);
      if (asked === undefined) return 'pass';
      ctx.state.last = asked;
      try {
        const place = await ctx.activities.findParcel(asked);
        await ctx.send(place === undefined ? `Nobody knows a parcel ${asked}.` : `${asked} is in ${place}.`);
      } catch {
        await ctx.send('The carrier does not answer. Ask me "and now?" in a while.');
      }
      return 'handled';
    },
  });
}
