import type { Note } from '../../../store/notes.ts';
import { isoTime } from './conversation.ts';

/** A note in the form of the API. */
export function toNoteView({ noteId: id, operator, text, at }: Note) {
  return { id, operator, text, at: isoTime(at) };
}
