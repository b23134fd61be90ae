import { hostnameOf, NEW_TAB, safeUrl } from '../../shared/links.ts';
import { usePageActions } from '../page-actions.ts';
import type { ButtonView, CardView } from '../views.ts';
import { Media } from './media.tsx';

/** A card: picture, texts and buttons, any of which may be missing. */
export function Card({ card, mid }: { readonly card: CardView; readonly mid: string }) {
  const { title, subtitle, media, link, buttons } = card;
  const isRich = media !== undefined || subtitle !== undefined || link !== undefined;
  const top = (
    <>
      {media && <Media type={media.type} url={media.url} name={title || media.type} isNamed={title === ''} />}
      {title && <p class="title">{title}</p>}
      {subtitle !== undefined && <p class="subtitle">{subtitle}</p>}
      {link !== undefined && <p class="site">{hostnameOf(link)}</p>}
    </>
  );
  return (
    <div class={isRich ? 'card rich' : 'card'}>
      {link === undefined ? (
        <div class="top">{top}</div>
      ) : (
        <a class="top" href={safeUrl(link)} {...NEW_TAB}>
          {top}
        </a>
      )}
      <CardButtons buttons={buttons} mid={mid} />
    </div>
  );
}

interface CardButtonsProps {
  readonly buttons: readonly ButtonView[];
  readonly mid: string;
}

/** The buttons below a card: links and postbacks work, what only Meta can do is disabled. */
export function CardButtons({ buttons, mid }: CardButtonsProps) {
  const { tap } = usePageActions();
  return (
    <>
      {buttons.map(({ type, title, url }, index) =>
        type === 'web_url' ? (
          <a key={index} class="act" href={safeUrl(url)} {...NEW_TAB}>
            {title}
          </a>
        ) : (
          <button key={index} type="button" disabled={type !== 'postback'} onClick={() => tap(title, mid)}>
            {title}
          </button>
        ),
      )}
    </>
  );
}
