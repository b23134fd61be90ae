/** The plugin's activities, which run in Node. A bot spreads them into the `activities` of its `activities.ts`. */

/** Options of {@link parcelActivities}. */
export interface ParcelOptions {
  /** The carrier's address: `https://carrier.example/parcels/`. */
  readonly url: string;
}

/** What the plugin calls. It is a type alias, because an interface does not fit `declareActivities`. */
export type ParcelActivities = {
  /** Where a parcel is, or `undefined` when the carrier does not know it. Throws when the carrier does not answer. */
  findParcel(number: string): Promise<string | undefined>;
};

/** Creates the activities for one carrier. */
export function parcelActivities({ url }: ParcelOptions): ParcelActivities {
  return {
    async findParcel(number) {
      const answer = await fetch(new URL(encodeURIComponent(number), url));
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw new Error(`The carrier answered ${answer.status}.`);
      const { place } = (await answer.json()) as { place: string };
      return place;
    },
  };
}
