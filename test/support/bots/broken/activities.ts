export const activities = {
  async copy(text: string): Promise<string> {
    return text;
  },
};
