import { defineSequence } from 'everthread';

/** Two follow-ups for a lead who stays silent: after two hours, and before Meta's window closes. */
export const springOffer = defineSequence({
  name: 'spring-offer',
  startOn: 'lead-capture.completed',
  stopOn: ['reply', 'handoff'],
  quietHours: { from: '21:00', to: '08:00' },
  async run(seq) {
    await seq.sleep('2 hours');
    await seq.send('Any questions about our offer?');
    const reply = await seq.waitForReply('18 hours');
    if (reply === undefined) await seq.send('Our spring offer ends tonight. Shall we keep one for you?');
  },
});
