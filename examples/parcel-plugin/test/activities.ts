import { parcelActivities } from '../src/activities.ts';
import { CARRIER } from './carrier.ts';

export const activities = { ...parcelActivities({ url: CARRIER }) };
