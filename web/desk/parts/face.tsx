interface FaceProps {
  readonly name: string;
  /** Decides the colour. */
  readonly id: string;
}

const COLOURS = 8;

/** The initials of a person. Meta's pictures expire, and would tell Meta who looks when. */
export function Face({ name, id }: FaceProps) {
  const initials = name
    .split(/\s+/)
    .map((word) => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? '')
    .slice(0, 2)
    .join('');
  return (
    <span class="face" aria-hidden="true" data-colour={Number(id.slice(-4)) % COLOURS || 0}>
      {initials.toUpperCase()}
    </span>
  );
}
