import { useState } from 'preact/hooks';
import { Icon } from '../../parts/icon.tsx';
import { useCloseOnOutside } from '../../parts/use-close-on-outside.ts';

/** What support people send most; the system's own picker has the others. */
const EMOJI = '😀 😊 😉 😍 🥳 😂 🤔 😕 😢 😮 👍 👎 🙏 👏 💪 🤝 👋 ✌️ ❤️ 🎉 ⭐ ✅ ❌ ⏰ 📦 🚚 💳 🎁 📞 ✉️ 📍 🛠️'.split(
  ' ',
);

/** Inserts an emoji into the text. */
export function EmojiMenu({ onChoose }: { readonly onChoose: (emoji: string) => void }) {
  const [isOpen, setIsOpen] = useState(false);
  const menu = useCloseOnOutside(isOpen, () => setIsOpen(false));
  return (
    <span class="emoji" ref={menu}>
      <button
        type="button"
        class="quiet"
        aria-label="Emoji"
        title="Emoji"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        <Icon name="smile" />
      </button>
      {isOpen && (
        <span class="popup" role="group" aria-label="Emoji to insert">
          {EMOJI.map((emoji) => (
            <button
              key={emoji}
              type="button"
              class="quiet"
              onClick={() => {
                setIsOpen(false);
                onChoose(emoji);
              }}
            >
              {emoji}
            </button>
          ))}
        </span>
      )}
    </span>
  );
}
