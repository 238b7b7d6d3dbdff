/** Names in a message, in their order: the first ten, and how many more there are. A router can have thousands. */
export function listed(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return more > 0 ? `${names.slice(0, mostNamed).join(', ')} and ${more} more` : names.join(', ');
}

const mostNamed = 10;
