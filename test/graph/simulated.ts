import { onTestFinished } from 'vitest';
import { createGraphApi, type GraphApi } from '../../src/graph/graph-api.ts';
import type { SimulatorOptions } from '../../src/simulator/index.ts';
import { PAGE, SECRET, startSimulator, TOKEN, type Running } from '../simulator/support.ts';

export { APP, PAGE, SECRET, TOKEN } from '../simulator/support.ts';

/** The Page of the simulator and its token. */
export const ACCESS = { pageId: PAGE, accessToken: TOKEN };

/** Every call, as `GET /{page}/messenger_profile`, without its query. */
export interface Simulated extends Running {
  readonly api: GraphApi;
  readonly calls: string[];
}

/** The Graph API of a simulator, over HTTP. */
export async function aGraphApi(options: Partial<SimulatorOptions> = {}): Promise<Simulated> {
  const calls: string[] = [];
  const running = await startSimulator(options);
  const api = createGraphApi({ url: `${running.url}/graph`, version: 'v25.0', appSecret: SECRET });
  onTestFinished(() => api.close());
  const counted: GraphApi = {
    call(call) {
      calls.push(`${call.method} /${call.path}`);
      return api.call(call);
    },
    close: () => api.close(),
  };
  return { ...running, api: counted, calls };
}
