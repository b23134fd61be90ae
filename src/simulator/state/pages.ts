/** A Page the simulated app works for. */
export interface PageSettings {
  readonly id: string;
  readonly name?: string;
  readonly accessToken: string;
  /** What the person whose token it is may do on the Page; default everything. */
  readonly tasks?: readonly GrantedTask[];
}

export type GrantedTask = (typeof ALL_TASKS)[number];

const ALL_TASKS = ['ADVERTISE', 'ANALYZE', 'CREATE_CONTENT', 'MESSAGING', 'MODERATE', 'MANAGE'] as const;

export interface SimulatedPage {
  readonly id: string;
  readonly name: string;
  /** The newest. */
  readonly accessToken: string;
  readonly tasks: readonly GrantedTask[];
  /** Meta lets it send nothing for now. */
  readonly isRestricted: boolean;
}

/** What is known of a token that was a Page's at some time. */
export type TokenState =
  | { readonly status: 'valid'; readonly page: SimulatedPage }
  | { readonly status: 'replaced' | 'expired'; readonly page: SimulatedPage };

/**
 * The Pages and their tokens. What becomes of a token and of a Page's right to send lives in memory only, like a fault:
 * a restart is a fresh, healthy Meta.
 */
export interface SimulatedPages {
  readonly main: SimulatedPage;
  all(): readonly SimulatedPage[];
  find(id: string): SimulatedPage | undefined;
  findToken(token: string): TokenState | undefined;
  /** The token is good from now on, and those before it are not. */
  replaceToken(id: string, token: string): void;
  expireToken(id: string): void;
  restrict(id: string, isRestricted: boolean): void;
}

interface PageTokens {
  page: SimulatedPage;
  readonly tokens: Map<string, TokenState['status']>;
}

export function createSimulatedPages(main: PageSettings, others: readonly PageSettings[]): SimulatedPages {
  const all = new Map([main, ...others].map((settings) => [settings.id, withTokens(settings)]));

  function change(id: string, parts: Partial<SimulatedPage>): void {
    const kept = all.get(id);
    if (kept) kept.page = { ...kept.page, ...parts };
  }

  function find(id: string): SimulatedPage | undefined {
    return all.get(id)?.page;
  }

  return {
    get main() {
      return find(main.id) ?? toSimulatedPage(main);
    },
    all: () => [...all.values()].map(({ page }) => page),
    find,
    findToken(token) {
      for (const { page, tokens } of all.values()) {
        const status = tokens.get(token);
        if (status !== undefined) return { status, page };
      }
      return undefined;
    },
    replaceToken(id, token) {
      const tokens = all.get(id)?.tokens;
      for (const older of tokens?.keys() ?? []) tokens?.set(older, 'replaced');
      tokens?.set(token, 'valid');
      change(id, { accessToken: token });
    },
    expireToken(id) {
      const tokens = all.get(id)?.tokens;
      for (const [token, status] of tokens ?? []) if (status === 'valid') tokens?.set(token, 'expired');
    },
    restrict: (id, isRestricted) => change(id, { isRestricted }),
  };
}

function withTokens(settings: PageSettings): PageTokens {
  return { page: toSimulatedPage(settings), tokens: new Map([[settings.accessToken, 'valid']]) };
}

function toSimulatedPage({ id, name = 'Page', accessToken, tasks = ALL_TASKS }: PageSettings): SimulatedPage {
  return { id, name, accessToken, tasks, isRestricted: false };
}
