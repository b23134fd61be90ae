import type { SimulatorDatabase } from './database.ts';

/** A person's comment under a post of the Page, which may answer it once in private. */
export interface Comment {
  readonly id: string;
  readonly postId: string;
  readonly psid: string;
  /** Epoch ms by the person's clock. */
  readonly at: number;
  readonly isAnswered: boolean;
}

/** All comments. */
export interface Comments {
  add(comment: Pick<Comment, 'psid' | 'at'>, pageId: string): Comment;
  /** Finds a comment by its id or by the id of its post. */
  find(id: string): Comment | undefined;
  markAnswered(id: string): void;
}

interface CommentRow {
  readonly id: string;
  readonly post_id: string;
  readonly psid: string;
  readonly at: number;
  readonly is_answered: number;
}

/** Comments as the database holds them. */
export function createComments(database: SimulatorDatabase): Comments {
  const insert = database.prepare('INSERT INTO comments (id, post_id, psid, at) VALUES (?, ?, ?, ?)');
  const one = database.prepare<CommentRow>('SELECT * FROM comments WHERE id = ? OR post_id = ?');
  const answered = database.prepare('UPDATE comments SET is_answered = 1 WHERE id = ?');
  function find(id: string): Comment | undefined {
    const row = one.get(id, id);
    return row && { id: row.id, postId: row.post_id, psid: row.psid, at: row.at, isAnswered: row.is_answered === 1 };
  }
  return {
    add({ psid, at }, pageId) {
      const post = `${7712 * 10 ** 11 + database.nextSeq()}`;
      const comment = { id: `${post}_55501`, postId: `${pageId}_${post}`, psid, at, isAnswered: false };
      insert.run(comment.id, comment.postId, psid, at);
      return comment;
    },
    find,
    markAnswered: (id) => answered.run(id),
  };
}
