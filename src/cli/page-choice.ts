/** The Pages and the Graph API of commands that call Meta. */

import type { Config, PageConfig } from '../config/index.ts';
import { BotError } from '../domain/bot-error.ts';
import type { GraphApiOptions } from '../graph/graph-api.ts';
import { describeWrongGraphUrl } from '../graph/probe-graph-api.ts';
import type { PageAccess } from '../graph/profile/index.ts';

/** Options of the Graph API by the settings; the first app secret signs, the others are being retired. */
export function graphOf({ graphUrl, graphVersion, appSecrets }: Config): GraphApiOptions {
  return { url: graphUrl, version: graphVersion, appSecret: appSecrets[0]?.reveal() };
}

const META_GRAPH_URL = 'https://graph.facebook.com';

/** Throws `graph_url_wrong` when something else than a Graph API answers at an address that is not Meta's. */
export async function requireGraphApi(config: Config): Promise<void> {
  const { url, version } = graphOf(config);
  const problem = url === META_GRAPH_URL ? undefined : await describeWrongGraphUrl({ url, version });
  if (problem !== undefined) throw new BotError('graph_url_wrong', problem);
}

/** A Page that a command works on. */
export interface ChosenPage extends PageAccess {
  /** For output: its id, and its name if known. */
  readonly label: string;
}

/** All Pages whose token is known, or the wanted one; throws `page_unknown`. */
export function chosenPages({ pages }: Config, wanted?: string): readonly ChosenPage[] {
  const chosen = wanted === undefined ? pages : pages.filter(({ pageId }) => pageId === wanted);
  if (chosen.length > 0) return chosen.map(withLabel);
  const known = pages.map(({ pageId }) => pageId).join(', ');
  throw new BotError(
    'page_unknown',
    `No token of Page ${wanted} is known, only of ${known}. See MESSENGER_PAGES_FILE.`,
  );
}

function withLabel({ pageId, accessToken, name }: PageConfig): ChosenPage {
  const label = name === undefined ? `Page ${pageId}` : `Page ${pageId} (${name})`;
  return { pageId, accessToken: accessToken.reveal(), label };
}
