/** Evaluated once for all workflows of the probe. */

import { forbidCodeFromStrings } from '../../../src/realm/code-from-strings.ts';

forbidCodeFromStrings();
