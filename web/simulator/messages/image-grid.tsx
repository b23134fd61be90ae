import { NEW_TAB, safeUrl } from '../../shared/links.ts';
import { usePageActions } from '../page-actions.ts';
import type { FigureOf } from '../views.ts';
import { CardButtons } from './card.tsx';
import { Media } from './media.tsx';

/** Several pictures side by side, with texts and buttons below them. */
export function ImageGrid({ grid, mid }: { readonly grid: FigureOf<'grid'>; readonly mid: string }) {
  const { images, title, subtitle, buttons } = grid;
  return (
    <div class="card rich grid">
      <div class="tiles" data-count={images.length} data-hero={images.some(({ isHero }) => isHero)}>
        {images.map((image, index) => (
          <Tile key={index} image={image} name={`Picture ${index + 1}`} mid={mid} />
        ))}
      </div>
      {title !== undefined && <p class="title">{title}</p>}
      {subtitle !== undefined && <p class="subtitle">{subtitle}</p>}
      <CardButtons buttons={buttons} mid={mid} />
    </div>
  );
}

interface TileProps {
  readonly image: FigureOf<'grid'>['images'][number];
  readonly name: string;
  readonly mid: string;
}

/** A picture that opens a page, answers the bot, or does nothing. */
function Tile({ image: { url, isHero, link, title }, name, mid }: TileProps) {
  const { tap } = usePageActions();
  const picture = <Media type="image" url={url} name={name} />;
  if (link) {
    return (
      <a class="tile" href={safeUrl(link)} {...NEW_TAB} data-hero={isHero}>
        {picture}
      </a>
    );
  }
  if (!title) {
    return (
      <span class="tile" data-hero={isHero}>
        {picture}
      </span>
    );
  }
  return (
    <button type="button" class="tile" onClick={() => tap(title, mid)} data-hero={isHero}>
      {picture}
    </button>
  );
}
