/** What Temporal's UI shows of names, tags and reasons that somebody else chose. */

import { describe, expect, test } from 'vitest';
import { sequenceId } from '../../src/workflows/contract/index.ts';
import { startTalk } from '../support/talk.ts';

const PROBE = 'test/support/bots/probe/bot.ts';
const IMAGE = '![x](http://a.example/x.png)';

async function detailsOf(talk: Awaited<ReturnType<typeof startTalk>>, workflowId: string): Promise<string> {
  const metadata = await talk.stage.client.workflow.getHandle(workflowId).query('__temporal_workflow_metadata');
  return (metadata as { currentDetails?: string }).currentDetails ?? '';
}

describe('the details of a workflow', () => {
  test('show tags, reasons and lines as text: no image, no link, no heading, no line of their own', async () => {
    const talk = await startTalk(PROBE);
    const neighbour = await startTalk(PROBE);
    await talk.says(`tag ${IMAGE}`, 'tag <b>vip</b>', 'tag a_b-c', 'tag **bold**');
    await talk.takesOver({ reason: `see [here](https://a.example)\n\n# urgent \u202E ${'x'.repeat(300)}` });
    await talk.says('look at https://a.example/login, *now*');
    const details = await talk.details();
    expect(details).toContain(
      String.raw`- **Tags** ` + '`![x](http://a.example/x.png)`' + String.raw`, \<b\>vip\</b\>, a_b-c, \*\*bold\*\*`,
    );
    expect(details).toMatch(/^- \*\*Answers\*\* an operator \(see `\[here\]\(https:\/\/a\.example\)` # urgent x+…\)$/m);
    expect(details).toContain(String.raw`**person**: look at ` + '`https://a.example/login,`' + String.raw` \*now\*`);
    expect(details).not.toMatch(/^#/m);
    await neighbour.says('one');
    expect(await neighbour.hears()).toEqual(['1 one']);
    expect(await neighbour.details()).toContain('**person**: one');
  });

  test('show the result of a sequence as text', async () => {
    const talk = await startTalk(PROBE);
    await talk.says('start long');
    const id = sequenceId('long', talk.conversation);
    await talk.stage.client.workflow.getHandle(id).signal('stop', `# *me* ${IMAGE}`);
    expect(await talk.stage.client.workflow.getHandle(id).result()).toBe(`stopped by # *me* ${IMAGE}`);
    expect(await detailsOf(talk, id)).toBe(String.raw`stopped by # \*me\* ` + '`![x](http://a.example/x.png)`');
  });
});
