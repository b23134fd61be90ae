import { normalizeWords } from '../text.ts';
import type { InboundEvent } from './inbound-event.ts';

/** An opt-out (`stop`) or opt-in (`start`) of a person. */
export type OptSignal = 'stop' | 'start';

/** In the languages of the countries where Messenger is used most; the whole message must be one of them, in any spelling. */
export const OPT_WORDS: Readonly<Record<OptSignal, readonly string[]>> = {
  stop: [
    // English, and the words that mobile carriers use everywhere
    'stop, stop all, stopall, unsubscribe, opt out, optout, quit, end messages, stop messages',
    // German, Dutch, Scandinavian
    'stopp, abmelden, abbestellen, afmelden, uitschrijven, avregistrera, avmeld, afmeld',
    // French, Spanish, Portuguese, Italian, Romanian
    'arret, arreter, desabonner, me desabonner, desinscrire, baja, darme de baja, parar, alto',
    'sair, cancelar inscricao, descadastrar, cancelar subscricao, annulla iscrizione, disiscrivimi',
    'cancella iscrizione, dezabonare',
    // Polish, Czech, Turkish, Indonesian, Vietnamese, Filipino
    'wypisz, wypisz mnie, odhlasit, dur, durdur, abonelikten cik, berhenti, dung lai, huy dang ky, ngung, tigil, itigil',
    // Russian, Ukrainian, Greek, Arabic, Hebrew, Hindi, Thai, Japanese, Korean, Chinese
    'стоп, отписаться, відписатися, στοπ, διαγραφη, توقف, قف, إلغاء الاشتراك, עצור, הסר, रुको, बंद करो, बंद करें',
    'หยุด, ยกเลิก, 停止, 配信停止, 수신거부, 중지, 退订, 取消订阅, 退訂',
  ],
  start: [
    'start, unstop, subscribe, opt in, optin, resume',
    'anmelden, abonnieren, aanmelden, inschrijven, demarrer, reprendre, abonner, alta, empezar, iniciar, comecar',
    'inscrever, iscrivimi, zapisz mnie, prihlasit, basla, mulai, bat dau, dang ky, simula',
    'старт, подписаться, підписатися, εναρξη, ابدأ, اشتراك, התחל, शुरू, शुरू करें, เริ่ม, สมัคร',
    '開始, 再開, 시작, 订阅, 訂閱',
  ],
};

/** No word is longer, so longer messages are not compared. */
const MAX_WORD_CHARS = 60;

const SIGNAL_BY_WORD = new Map(
  (['stop', 'start'] as const).flatMap((signal) =>
    OPT_WORDS[signal].flatMap((line) => line.split(', ').map((word) => [normalizeOptWord(word), signal] as const)),
  ),
);

/**
 * The opt signal of an event, if it is one: a message that is only "stop" (or "start") in a language listed here, in any
 * case, with or without accents and punctuation; or Meta's opt-out of a notification topic. "Where is the bus stop?" is none.
 */
export function optSignalOf(event: InboundEvent): OptSignal | undefined {
  if (event.kind === 'optin') return event.isStop ? 'stop' : undefined;
  // The meaning of a quick reply is the bot's.
  if (event.kind !== 'message' || event.quickReply !== undefined || event.text === undefined) return undefined;
  return SIGNAL_BY_WORD.get(normalizeOptWord(event.text));
}

/** A text as opt words are compared: without case, accents and punctuation; empty if it is over 60 characters. */
export function normalizeOptWord(text: string): string {
  return text.length > MAX_WORD_CHARS ? '' : normalizeWords(text);
}
