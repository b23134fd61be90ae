import { z } from 'zod';

/** What a file is called, if that matters. */
export const uploadQuery = z.strictObject({
  name: z
    .string()
    .max(200)
    .optional()
    .describe('The name under which the person gets it. The ending is always that of the content type.'),
});

/** The bytes of a file; the route checks them. */
export const fileBody = z.any().meta({ type: 'string', format: 'binary', description: 'The file.' });

/** A file that Meta has. */
export const uploadedFile = z
  .object({
    type: z.enum(['image', 'video', 'audio', 'file']).describe('What it is in a message.'),
    attachmentId: z.string().describe("Meta's id, for `attachment` of messages of this Page; good for 90 days."),
  })
  .meta({ id: 'UploadedFile', description: 'A file that Meta has, for messages of this Page.' });
