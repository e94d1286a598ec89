/** Marks the branch of a switch that the types prove unreachable. Throws when a value arrives there all the same. */
export function unreachable(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
