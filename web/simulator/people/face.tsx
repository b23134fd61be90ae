/** A person's profile picture; their name stands beside it. */
export function Face({ psid }: { readonly psid: string }) {
  return <img class="face" src={`pictures/${psid}.svg`} alt="" />;
}
