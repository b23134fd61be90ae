import { storeUrl, type Config } from '../config/index.ts';
import { keyRing } from '../encryption/sealer.ts';
import { openStore, type Store } from '../store/index.ts';

/** The store of the settings, with the keys that its data needs; the caller closes it. */
export function openConfiguredStore(config: Config): Promise<Store> {
  return openStore(storeUrl(config), { keys: keyRing(config.encryptionKeys) });
}
