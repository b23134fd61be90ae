import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import type { PlotContent } from './plots.ts';

interface CanvasProps extends Pick<PlotContent, 'title' | 'kind' | 'series'> {
  readonly days: readonly string[];
  /** The place of the day under the pointer; `undefined`: it is elsewhere. */
  readonly onPoint: (at: number | undefined) => void;
}

const HEIGHT_PX = 200;
const DAY_S = 86_400;
/** Steps of the axis: nobody counts half a message. */
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000, 1_000_000];

/** The drawn plot. Screen readers are told of the table. */
export function Canvas({ title, kind, series, days, onPoint }: CanvasProps) {
  const around = useRef<HTMLDivElement>(null);
  const point = useRef(onPoint);
  point.current = onPoint;
  useEffect(() => {
    const element = around.current;
    if (!element) return undefined;
    const draw = () => drawPlot(element, { kind, series, days }, (at) => point.current(at));
    let plot = draw();
    const redraw = () => {
      plot.destroy();
      plot = draw();
    };
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', redraw);
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    observer.observe(element);
    return () => {
      scheme.removeEventListener('change', redraw);
      observer.disconnect();
      plot.destroy();
    };
  }, [kind, series, days]);
  return (
    <div class="canvas" ref={around} role="img" aria-label={`Plot: ${title}. The button “Table” has its numbers.`} />
  );
}

function drawPlot(
  element: HTMLElement,
  { kind, series, days }: Omit<CanvasProps, 'title' | 'onPoint'>,
  onPoint: (at: number | undefined) => void,
): UPlot {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--soft'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  };
  const isStacked = kind === 'bars';
  // A bar stands on those before it: the highest is drawn first, and the lower ones over it.
  const order = isStacked ? [...series.keys()].toReversed() : [...series.keys()];
  const values = toValues(series, days, isStacked);
  const bars = UPlot.paths.bars?.({ size: [0.7, 40] });
  const drawn = order.map((at) => ({
    stroke: colour(`--plot-${at}`),
    ...(isStacked && { fill: colour(`--plot-${at}`) }),
    ...(isStacked && bars && { paths: bars }),
    width: isStacked ? 0 : 2,
    spanGaps: true,
    points: { show: !isStacked, size: 6 },
  }));
  const times = days.map((day) => Date.parse(day) / 1000);
  return new UPlot(
    {
      width: element.clientWidth,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
      tzDate: (at) => UPlot.tzDate(new Date(at * 1000), 'Etc/UTC'),
      scales: {
        x: { range: (_, min, max) => [min - DAY_S / 2, max + DAY_S / 2] },
        y: { range: (_, __, max) => [0, Math.max(1, max * 1.05)] },
      },
      axes: [
        {
          ...axis,
          size: 30,
          values: (_, ticks) => ticks.map(toShortDay),
          incrs: [1, 2, 7, 14, 28].map((days_) => days_ * DAY_S),
        },
        { ...axis, size: 44, ...(isStacked && { incrs: WHOLE_STEPS }) },
      ],
      series: [{}, ...drawn],
      hooks: { setCursor: [({ cursor: { idx } }) => onPoint(idx ?? undefined)] },
    },
    [times, ...order.map((at) => values[at] ?? [])],
    element,
  );
}

/** A number for each day; of bars, where each ends that stands on those before it. */
function toValues(series: CanvasProps['series'], days: readonly string[], isStacked: boolean): (number | null)[][] {
  if (!isStacked) return series.map(({ values }) => days.map((day) => values.get(day) ?? null));
  const below = days.map(() => 0);
  return series.map(({ values }) => days.map((day, at) => (below[at] = (below[at] ?? 0) + (values.get(day) ?? 0))));
}

function toShortDay(at: number): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' }).format(at * 1000);
}
