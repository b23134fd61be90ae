import { useState } from 'preact/hooks';
import { usePageActions } from '../page-actions.ts';
import type { FigureOf } from '../views.ts';
import { CardButtons } from './card.tsx';
import { Media } from './media.tsx';

/** A coupon, whose code the person reveals. */
export function Coupon({ coupon, mid }: { readonly coupon: FigureOf<'coupon'>; readonly mid: string }) {
  const { title, subtitle, before, image, code, shop } = coupon;
  const { revealCoupon } = usePageActions();
  const [isRevealed, setIsRevealed] = useState(false);
  const reveal = () => {
    setIsRevealed(true);
    revealCoupon(mid);
  };
  return (
    <div class="figure">
      {before !== undefined && <p class="bubble">{before}</p>}
      <div class="card rich coupon">
        {image !== undefined && <Media type="image" url={image} name={title} />}
        <p class="title">{title}</p>
        <p class="subtitle">{subtitle}</p>
        {code !== undefined && !isRevealed && (
          <button type="button" onClick={reveal}>
            Reveal code
          </button>
        )}
        {isRevealed && <output class="code">{code}</output>}
        <CardButtons buttons={shop ? [shop] : []} mid={mid} />
      </div>
    </div>
  );
}
