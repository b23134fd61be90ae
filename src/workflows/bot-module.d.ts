/** The bot's own file: the bundler resolves `@bot` to it. Its default export is checked when it is loaded. */
declare module '@bot' {
  const bot: import('../plugins/bot.ts').Bot | undefined;
  export default bot;
}
