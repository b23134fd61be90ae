import { useDesk } from '../desk-context.ts';
import { PageFilter } from '../parts/list-filters.tsx';
import { MoreButton } from '../parts/more-button.tsx';
import { SinceFilter, sinceOf } from '../parts/since-filter.tsx';
import { useList, type LoadedList } from '../parts/use-list.ts';
import { Panel, View, WhenLoaded } from '../parts/view.tsx';
import { goTo, toAddress, type Route } from '../route.ts';
import { FormFilter } from './form-filter.tsx';
import { LeadTable } from './lead-table.tsx';
import type { Lead } from './lead.ts';

/** What people left in forms: a table, and the same as a file. */
export function Leads({ route: { query } }: { readonly route: Route }) {
  const { api } = useDesk();
  const { form = '', page = '', since = '' } = query;
  const filter = {
    ...(form !== '' && { form }),
    ...(page !== '' && { page }),
    ...(since !== '' && { since: sinceOf(since) }),
  };
  const list = useList<Lead>(
    (part, signal) => api.GET('/leads', { params: { query: { ...filter, ...part, order: 'newest' } }, signal }),
    [filter],
  );
  const change = (more: Route['query']) => goTo(toAddress({ view: 'leads', query: { ...query, ...more } }));
  const file = `../api/v1/leads.csv?${new URLSearchParams(filter).toString()}`;
  return (
    <View title="Leads" words="What people left in the forms of the bot, the newest first.">
      <div class="tools">
        <FormFilter form={form} leads={list.data?.items ?? []} onChange={(to) => change({ form: to })} />
        <SinceFilter since={since} onChange={(to) => change({ since: to })} />
        <PageFilter page={page} onChange={(to) => change({ page: to })} />
        <a class="button end" href={file} download="leads.csv">
          Download as CSV
        </a>
      </div>
      <Panel title="List of leads">
        <ListedLeads list={list} isFiltered={Object.keys(filter).length > 0} />
      </Panel>
    </View>
  );
}

interface ListedLeadsProps {
  readonly list: LoadedList<Lead>;
  readonly isFiltered: boolean;
}

function ListedLeads({ list, isFiltered }: ListedLeadsProps) {
  return (
    <WhenLoaded loaded={list}>
      {({ items }) => {
        if (items.length > 0)
          return (
            <>
              <LeadTable leads={items} />
              <MoreButton list={list} />
            </>
          );
        return (
          <p class="soft">
            {isFiltered
              ? 'No lead matches the filters. Choose a longer time, or another form.'
              : 'There is no lead yet. Leads come from forms of the bot: the plugins “lead-capture” and “form” ask for them.'}
          </p>
        );
      }}
    </WhenLoaded>
  );
}
