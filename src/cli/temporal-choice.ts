import { findRunningDev } from '../dev/running-dev.ts';
import type { KeyRing } from '../encryption/sealer.ts';
import { temporalSettings, type TemporalSettings } from '../temporal/server/connect.ts';

/** The Temporal that a command asks. */
export interface ChosenTemporal {
  readonly settings: TemporalSettings;
  /** For output: its address and where that comes from, `127.0.0.1:7233 (of everthread dev in this folder)`. */
  readonly label: string;
}

/**
 * The Temporal of the variables and profiles that Temporal's libraries read, as `start` and `worker` use it; without an
 * address there, that of an `everthread dev` that runs in this folder; else Temporal's default address.
 */
export function chooseTemporal(keys: KeyRing, devFolder = '.everthread'): ChosenTemporal {
  const settings = temporalSettings(keys);
  const { address } = settings.connection;
  if (address !== undefined) return { settings, label: `${address} (TEMPORAL_ADDRESS, or Temporal's profile)` };
  const dev = findRunningDev(devFolder);
  if (!dev) return { settings, label: 'localhost:7233 (the default, TEMPORAL_ADDRESS is not set)' };
  return {
    settings: temporalSettings(keys, dev.temporalAddress),
    label: `${dev.temporalAddress} (of everthread dev in this folder)`,
  };
}
