/** The settings of a Page on which the app is installed. */
export interface PageSettings {
  readonly id: string;
  /** Default `Page`. */
  readonly name?: string;
  readonly accessToken: string;
  /** The tasks on the Page of the person whose token it is; default all. */
  readonly tasks?: readonly GrantedTask[];
}

/** A task that Meta grants a person on a Page. */
export type GrantedTask = (typeof ALL_TASKS)[number];

const ALL_TASKS = ['ADVERTISE', 'ANALYZE', 'CREATE_CONTENT', 'MESSAGING', 'MODERATE', 'MANAGE'] as const;

/** A Page at this time. */
export interface SimulatedPage {
  readonly id: string;
  readonly name: string;
  /** The newest token. */
  readonly accessToken: string;
  readonly tasks: readonly GrantedTask[];
  /** Whether Meta refuses every send of the Page. */
  readonly isRestricted: boolean;
}

/** The state of a token that a Page has or had. */
export type TokenState =
  | { readonly status: 'valid'; readonly page: SimulatedPage }
  | { readonly status: 'replaced' | 'expired'; readonly page: SimulatedPage };

/**
 * The Pages and their tokens. Token states and restrictions are held in memory, like faults: after a restart every
 * Page is healthy.
 */
export interface SimulatedPages {
  /** The Page that the simulator's options name first. */
  readonly main: SimulatedPage;
  all(): readonly SimulatedPage[];
  find(id: string): SimulatedPage | undefined;
  findToken(token: string): TokenState | undefined;
  /** Makes this token valid and all earlier ones invalid. */
  replaceToken(id: string, token: string): void;
  expireToken(id: string): void;
  restrict(id: string, isRestricted: boolean): void;
}

interface PageTokens {
  page: SimulatedPage;
  readonly tokens: Map<string, TokenState['status']>;
}

/** The main Page and the others, all with valid tokens. */
export function createSimulatedPages(main: PageSettings, others: readonly PageSettings[]): SimulatedPages {
  const all = new Map([main, ...others].map((settings) => [settings.id, withTokens(settings)]));

  function change(id: string, parts: Partial<SimulatedPage>): void {
    const known = all.get(id);
    if (known) known.page = { ...known.page, ...parts };
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
