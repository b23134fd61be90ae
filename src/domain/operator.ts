/** What an operator may do: `viewer` reads, `agent` also answers, `admin` also repairs and reads the operator log. */
export const OPERATOR_ROLES = ['viewer', 'agent', 'admin'] as const;
/** One of {@link OPERATOR_ROLES}; each includes those before it. */
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/** The longest name of an operator. */
export const MAX_OPERATOR_NAME_CHARS = 64;

/** A person or a machine of the business that may use the operator API. */
export interface Operator {
  /** Unique, whatever its case. */
  readonly name: string;
  readonly role: OperatorRole;
  /** The Pages whose conversations they see; left out: all. */
  readonly pages?: readonly string[];
  /** Set for the operators of `dev`, who have no password: no other process lets them in. */
  readonly isDemo?: true;
}

/** The operators of `dev`: two, so that one person can be two. */
export const DEMO_OPERATORS = ['Demo', 'Demo 2'] as const;
/** One of {@link DEMO_OPERATORS}. */
export type DemoOperator = (typeof DEMO_OPERATORS)[number];

/** How a write came: the web page for operators, another program, or the command line. */
export type OperatorInterface = 'desk' | 'api' | 'cli';

/** Whether somebody of this role may do what the other role may do. */
export function includesRole(role: OperatorRole, needed: OperatorRole): boolean {
  return OPERATOR_ROLES.indexOf(role) >= OPERATOR_ROLES.indexOf(needed);
}

/** Whether the operator sees conversations of this Page. */
export function seesPage({ pages }: Pick<Operator, 'pages'>, pageId: string): boolean {
  return pages === undefined || pages.includes(pageId);
}
