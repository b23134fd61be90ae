/**
 * How many steps a backtracking engine takes at most for a pattern on a text of a given length. An estimate from above: it
 * multiplies the ways in which each part can match, except where the next character leaves one way only.
 */

import { areDisjoint, EVERYTHING, NOTHING, sizeOf, unite, type CharacterSet } from './character-set.ts';
import type { Part } from './syntax.ts';

/** What is known of a part before it is tried on a text. */
interface Shape {
  /** The characters with which it can begin. */
  readonly first: CharacterSet;
  /** The characters that it can contain. */
  readonly span: CharacterSet;
  readonly canBeEmpty: boolean;
}

/** What a part costs on a text, from one start. */
interface Cost {
  /** Number of positions where it can end. */
  readonly ends: number;
  /** Number of ways to one end. */
  readonly ways: number;
  readonly steps: number;
  /** Steps of an attempt that fails. */
  readonly failing: number;
  /** All characters since the last position that does not depend on the way; empty with one end. */
  readonly tail: CharacterSet;
}

const ONE: Cost = { ends: 1, ways: 1, steps: 1, failing: 1, tail: NOTHING };
const NO_SHAPE: Shape = { first: NOTHING, span: NOTHING, canBeEmpty: true };

/** Creates the function from a text's length to steps. */
export function createCostEstimate(
  pattern: Part,
  flags: string,
  readSet: (source: string) => CharacterSet,
): (chars: number) => number {
  const shapes = new Map<Part, Shape>();
  const isMultiline = flags.includes('m');
  const hasOneStart = flags.includes('y') || isAnchored(pattern, isMultiline);

  function shapeOf(part: Part): Shape {
    const known = shapes.get(part);
    if (known) return known;
    const shape = computeShape(part);
    shapes.set(part, shape);
    return shape;
  }

  function computeShape(part: Part): Shape {
    switch (part.kind) {
      case 'character': {
        const set = readSet(part.source);
        return { first: set, span: set, canBeEmpty: false };
      }
      case 'assertion':
      case 'look':
        return NO_SHAPE;
      case 'back-reference':
        return { first: EVERYTHING, span: EVERYTHING, canBeEmpty: true };
      case 'group':
        return shapeOf(part.body);
      case 'repeat': {
        if (part.max === 0) return NO_SHAPE;
        const shape = shapeOf(part.body);
        return { ...shape, canBeEmpty: shape.canBeEmpty || part.min === 0 };
      }
      case 'sequence':
        return sequenceShape(part.parts.map(shapeOf));
      case 'choice': {
        const all = part.options.map(shapeOf);
        return {
          first: unite(all.map(({ first }) => first)),
          span: unite(all.map(({ span }) => span)),
          canBeEmpty: all.some(({ canBeEmpty }) => canBeEmpty),
        };
      }
    }
  }

  function costOf(part: Part, chars: number, isBackward: boolean): Cost {
    switch (part.kind) {
      case 'character':
      case 'assertion':
        return ONE;
      case 'back-reference':
        return { ...ONE, steps: chars, failing: chars };
      case 'look': {
        const { steps } = costOf(part.body, chars, part.isBehind);
        return { ...ONE, steps, failing: steps };
      }
      case 'group':
        return costOf(part.body, chars, isBackward);
      case 'repeat':
        return repeatCost(part, chars, isBackward);
      case 'sequence':
        return sequenceCost(isBackward ? part.parts.toReversed() : part.parts, chars, isBackward);
      case 'choice':
        return choiceCost(part.options, chars, isBackward);
    }
  }

  function sequenceCost(parts: readonly Part[], chars: number, isBackward: boolean): Cost {
    let { ends, ways, steps, failing, tail } = { ...ONE, steps: 0, failing: 0 };
    for (const part of parts) {
      // Read backward, a part begins with what it ends with: not known, so anything.
      const shape = isBackward ? { ...shapeOf(part), first: shapeOf(part).span } : shapeOf(part);
      const cost = costOf(part, chars, isBackward);
      const tries = ends * ways;
      const isTextEnd = part.kind === 'assertion' && part.source === '$' && !isMultiline && !isBackward;
      if (ends > 1 && (isTextEnd || (!shape.canBeEmpty && areDisjoint(tail, shape.first)))) {
        // Before the last end stand only characters with which the part cannot begin.
        failing = steps + tries + ways * cost.failing;
        steps += tries + ways * cost.steps;
        ({ ends, tail } = cost);
        ways *= cost.ways;
      } else {
        failing = steps + tries * cost.failing;
        steps += tries * cost.steps;
        ways *= cost.ways * Math.min(ends, cost.ends);
        tail = ends > 1 ? unite([tail, shape.span]) : cost.tail;
        ends = Math.min(chars + 1, ends * cost.ends);
      }
    }
    return { ends, ways, steps, failing, tail };
  }

  function choiceCost(options: readonly Part[], chars: number, isBackward: boolean): Cost {
    const costs = options.map((option) => costOf(option, chars, isBackward));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const steps = options.length + sum(costs.map((cost) => cost.steps));
    const failing = options.length + sum(costs.map((cost) => cost.failing));
    if (!isBackward && areAllDisjoint(options.map(shapeOf))) {
      return {
        ends: Math.max(...costs.map((cost) => cost.ends)),
        ways: Math.max(...costs.map((cost) => cost.ways)),
        steps,
        failing,
        tail: unite(costs.map((cost) => cost.tail)),
      };
    }
    return {
      ends: Math.min(chars + 1, sum(costs.map((cost) => cost.ends))),
      ways: sum(costs.map((cost) => cost.ways)),
      steps,
      failing,
      tail: unite(options.map((option) => shapeOf(option).span)),
    };
  }

  function repeatCost(part: Part & { kind: 'repeat' }, chars: number, isBackward: boolean): Cost {
    const { body, min, max } = part;
    if (max === 0) return ONE;
    const shape = shapeOf(body);
    const cost = costOf(body, chars, isBackward);
    const turns = Math.min(max, chars);
    const failing = min === 0 ? 1 : min === 1 ? cost.failing : min * cost.steps;
    if (turns <= 1) {
      const ends = cost.ends + (min === 0 ? 1 : 0);
      return { ...cost, ends, steps: cost.steps + 1, failing, tail: ends > 1 ? shape.span : NOTHING };
    }
    const isFixed = cost.ends * cost.ways === 1;
    const isParted = cost.ways === 1 && !isBackward && !shape.canBeEmpty && areDisjoint(cost.tail, shape.first);
    if (isFixed || isParted) {
      const ends = Math.min(chars + 1, (Math.max(0, turns - min) + 1) * cost.ends);
      return { ends, ways: 1, steps: turns * cost.steps + 1, failing, tail: ends > 1 ? shape.span : NOTHING };
    }
    const all = (cost.ends * cost.ways) ** turns * 2;
    const ends = chars + 1;
    return { ends, ways: all / ends, steps: all * cost.steps, failing: all * cost.steps, tail: shape.span };
  }

  return (chars) => {
    const { steps, failing } = costOf(pattern, chars, false);
    return steps + (hasOneStart ? 0 : chars * failing);
  };
}

function sequenceShape(shapes: readonly Shape[]): Shape {
  const filled = shapes.findIndex(({ canBeEmpty }) => !canBeEmpty);
  const beginnings = filled < 0 ? shapes : shapes.slice(0, filled + 1);
  return {
    first: unite(beginnings.map(({ first }) => first)),
    span: unite(shapes.map(({ span }) => span)),
    canBeEmpty: filled < 0,
  };
}

function areAllDisjoint(shapes: readonly Shape[]): boolean {
  if (shapes.some(({ canBeEmpty }) => canBeEmpty)) return false;
  const firsts = shapes.map(({ first }) => first);
  return sizeOf(unite(firsts)) === firsts.reduce((sum, set) => sum + sizeOf(set), 0);
}

/** Whether an attempt at any other place than the start of the text fails at once. */
function isAnchored(part: Part | undefined, isMultiline: boolean): boolean {
  switch (part?.kind) {
    case 'assertion':
      return part.source === '^' && !isMultiline;
    case 'sequence':
      return isAnchored(part.parts[0], isMultiline);
    case 'group':
      return isAnchored(part.body, isMultiline);
    case 'choice':
      return part.options.every((option) => isAnchored(option, isMultiline));
    default:
      return false;
  }
}
