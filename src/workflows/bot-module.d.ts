/** Where the bundler puts the author's bot file. */
declare module '@bot' {
  const bot: import('../plugins/bot.ts').Bot;
  export default bot;
}
