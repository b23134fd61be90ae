import { useDesk } from '../desk-context.ts';
import { useLoaded } from '../load.ts';
import { PageFilter } from '../parts/list-filters.tsx';
import { View, WhenLoaded } from '../parts/view.tsx';
import { goTo, toAddress, type Route } from '../route.ts';
import { Funnels } from './funnels.tsx';
import { PeriodFilter, toDays, toPeriod } from './period-filter.tsx';
import { Plot } from './plot.tsx';
import { toPlots } from './plots.ts';

/** What happened per day, and how far people got. */
export function Numbers({ route: { query } }: { readonly route: Route }) {
  const { api } = useDesk();
  const { period = '', page = '' } = query;
  const days = toDays(period);
  const filter = { ...toPeriod(days), ...(page !== '' && { page }) };
  const numbers = useLoaded((signal) => api.GET('/numbers', { params: { query: filter }, signal }), [filter]);
  const change = (more: Route['query']) => goTo(toAddress({ view: 'numbers', query: { ...query, ...more } }));
  return (
    <View title="Numbers" words="Days begin and end at midnight UTC. Each plot says what it counts.">
      <div class="tools">
        <PeriodFilter days={days} onChange={(to) => change({ period: String(to) })} />
        <PageFilter page={page} onChange={(to) => change({ page: to })} />
      </div>
      <WhenLoaded loaded={numbers}>
        {({ items }) => (
          <>
            {items.length === 0 && (
              <p class="soft">Nothing happened on these days. Choose more days, or another Page.</p>
            )}
            {items.length > 0 &&
              toPlots(items).map((plot) => (
                <Plot key={plot.title} {...plot} from={filter.from} days={days} page={page} />
              ))}
            <Funnels numbers={items} since={`${filter.from}T00:00:00.000Z`} page={page} />
          </>
        )}
      </WhenLoaded>
    </View>
  );
}
