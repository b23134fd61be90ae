/** The half that acts, in ordinary Node. A bot spreads it into the `activities` of its `activities.ts`. */

export interface ParcelOptions {
  /** The carrier's address: `https://carrier.example/parcels/`. */
  readonly url: string;
}

// A type alias, not an interface: `declareActivities` takes types whose names are all known.
export type ParcelActivities = {
  /** Where a parcel is, or `undefined` when the carrier does not know it. Throws when the carrier does not answer. */
  findParcel(number: string): Promise<string | undefined>;
};

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
