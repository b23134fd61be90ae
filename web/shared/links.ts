/** For links that leave the page: a new tab, which learns nothing about this one. */
export const NEW_TAB = { target: '_blank', rel: 'noreferrer' } as const;

/** The address if it is HTTP or HTTPS, else `#`: other schemes, such as `javascript:`, could run code. */
export function safeUrl(url = ''): string {
  return /^https?:\/\//i.test(url) ? url : '#';
}

/** The host name of an address, or the text itself if it is no address. */
export function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url;
}
