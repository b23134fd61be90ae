/** Lines of 24 × 24 units, drawn for this page. */
const PATHS = {
  inbox: 'M4 13v5a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-5M4 13l3-8h10l3 8M4 13h5l1 3h4l1-3h5',
  leads: 'M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 21a8 8 0 0 1 16 0',
  numbers: 'M4 20h16M7 20v-6M12 20V5M17 20v-9',
  broadcasts: 'M4 10v4h3l8 5V5l-8 5H4ZM18 9a4 4 0 0 1 0 6',
  health: 'M3 12h4l2-6 4 12 2-6h6',
  admin: 'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM12 2v4M12 18v4M2 12h4M18 12h4M5 5l3 3M16 16l3 3M19 5l-3 3M8 16l-3 3',
  leave: 'M14 4H6v16h8M10 12h11M18 8l3 4-3 4',
  bell: 'M6 17V11a6 6 0 0 1 12 0v6l2 2H4l2-2ZM10 21h4',
  'bell-off': 'M6 17V11a6 6 0 0 1 9-5M18 11v6l2 2H4l2-2M10 21h4M3 3l18 18',
  back: 'M15 5l-7 7 7 7',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  person: 'M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 21a8 8 0 0 1 16 0',
  clip: 'M8 12l6-6a3 3 0 0 1 4 4l-8 8a5 5 0 0 1-7-7l8-8',
  smile: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8 14a5 5 0 0 0 8 0M9 9h.01M15 9h.01',
  slash: 'M15 4L9 20',
  send: 'M4 12l16-8-6 16-3-7-7-1Z',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3 2',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16 16l5 5',
} as const;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** An icon beside a word, or in a button that has a label. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
