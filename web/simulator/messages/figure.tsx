import { NEW_TAB } from '../../shared/links.ts';
import type { FigureOf, FigureView } from '../views.ts';
import { AddressForm } from './address-form.tsx';
import { Coupon } from './coupon.tsx';
import { ImageGrid } from './image-grid.tsx';
import { Media, mediaUrl } from './media.tsx';
import { Receipt } from './receipt.tsx';
import { Survey } from './survey.tsx';

/** What is neither a text nor a card, as Messenger draws it. */
export function Figure({ figure, mid }: { readonly figure: FigureView; readonly mid: string }) {
  switch (figure.kind) {
    case 'media':
      return <Attachment {...figure} />;
    case 'receipt':
      return <Receipt order={figure.order} />;
    case 'coupon':
      return <Coupon coupon={figure} mid={mid} />;
    case 'survey':
      return <Survey survey={figure} mid={mid} />;
    case 'address':
      return <AddressForm countries={figure.countries} />;
    case 'grid':
      return <ImageGrid grid={figure} mid={mid} />;
    case 'sticker':
      return (
        <p class="sticker" title={`Sticker ${figure.id}`} role="img" aria-label="Sticker">
          {figure.face}
        </p>
      );
  }
}

function Attachment({ type, url, name }: FigureOf<'media'>) {
  if (type !== 'file') {
    return (
      <div class="media" data-type={type}>
        <Media type={type} url={url} name={name} />
      </div>
    );
  }
  const label = (
    <>
      <b aria-hidden="true">📄</b>
      <span>{name}</span>
    </>
  );
  if (url === undefined) return <p class="file">{label}</p>;
  return (
    <a class="file" href={mediaUrl(url)} {...NEW_TAB}>
      {label}
    </a>
  );
}
