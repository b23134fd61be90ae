import { usePageActions } from '../page-actions.ts';
import type { FigureOf } from '../views.ts';

/** The fields of Meta's form, by the names that the webhook gives them. */
const FIELDS = { street_1: 'Street', postal_code: 'Postal code', city: 'City', country: 'Country' };

/** A customer information template: a form for the person's shipping address. */
export function AddressForm({ countries }: Pick<FigureOf<'address'>, 'countries'>) {
  const { sendAddress } = usePageActions();
  return (
    <div class="card rich address">
      <p class="title">Your shipping address</p>
      <p class="subtitle">
        {countries.length > 0 ? `For addresses in ${countries.join(', ')}` : 'So that it can be sent to you'}
      </p>
      <details>
        <summary>Add address</summary>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            sendAddress(Object.fromEntries(new FormData(event.currentTarget)));
          }}
        >
          {Object.entries(FIELDS).map(([name, label]) => (
            <label key={name}>
              {label}
              <input name={name} required defaultValue={name === 'country' ? (countries[0] ?? '') : ''} />
            </label>
          ))}
          <button type="submit">Send</button>
        </form>
      </details>
    </div>
  );
}
