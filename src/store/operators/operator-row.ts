import type { Selectable } from 'kysely';
import { BotError } from '../../domain/bot-error.ts';
import { MAX_OPERATOR_NAME_CHARS, type Operator } from '../../domain/operator.ts';
import type { OperatorsTable } from '../db/tables.ts';

/** The error for a name that no operator has. */
export function unknownOperator(name: string): BotError {
  return new BotError(
    'operator_unknown',
    `There is no operator "${name.slice(0, MAX_OPERATOR_NAME_CHARS)}". Run everthread operators list.`,
  );
}

/** The operator of a row. */
export function toOperator(
  row: Pick<Selectable<OperatorsTable>, 'name' | 'role' | 'pages_json' | 'is_demo'>,
): Operator {
  const { name, role, pages_json, is_demo } = row;
  return {
    name,
    role,
    ...(pages_json !== null && { pages: JSON.parse(pages_json) as string[] }),
    ...(is_demo === 1 && { isDemo: true }),
  };
}
