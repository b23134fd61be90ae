/** Where the bundler puts the author's bot file. What it exports is looked at when it is loaded. */
declare module '@bot' {
  const bot: import('../plugins/bot.ts').Bot | undefined;
  export default bot;
}
