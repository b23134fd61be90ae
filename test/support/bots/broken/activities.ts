export const activities = {
  async copy(text: string): Promise<string> {
    return text;
  },
  async fail(why: string): Promise<void> {
    throw new Error(why);
  },
};
