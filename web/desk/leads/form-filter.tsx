import type { Lead } from './lead.ts';

interface FormFilterProps {
  readonly form: string;
  /** Forms that these come from are suggested. */
  readonly leads: readonly Lead[];
  readonly onChange: (form: string) => void;
}

/** A filter by the name of a form. */
export function FormFilter({ form, leads, onChange }: FormFilterProps) {
  const names = [...new Set(leads.map((lead) => lead.form))].toSorted();
  return (
    <label>
      Form
      <input
        type="text"
        list="forms"
        placeholder="All forms"
        maxLength={200}
        value={form}
        onChange={({ currentTarget }) => onChange(currentTarget.value.trim())}
      />
      <datalist id="forms">
        {names.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </datalist>
    </label>
  );
}
