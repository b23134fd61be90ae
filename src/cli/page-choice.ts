/** What the commands that ask Meta something have in common: which Pages, and over which Graph API. */

import type { Config, PageConfig } from '../config/index.ts';
import { BotError } from '../domain/bot-error.ts';
import type { GraphApiOptions } from '../graph/graph-api.ts';
import type { PageAccess } from '../graph/profile/index.ts';

/** The first secret signs: the others are being retired. */
export function graphOf({ graphUrl, graphVersion, appSecrets }: Config): GraphApiOptions {
  return { url: graphUrl, version: graphVersion, appSecret: appSecrets[0]?.reveal() };
}

export interface ChosenPage extends PageAccess {
  /** For people: its number, and its name when that is known. */
  readonly label: string;
}

/** All Pages whose token is known, or the one that was asked for. */
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
