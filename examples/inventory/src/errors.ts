/** The thing that was asked for does not exist. */
export class NotFoundError extends Error {
  override readonly name = "NotFoundError";
}

/** The request is well formed, but the state of the stock or of an order does not allow it. */
export class ConflictError extends Error {
  override readonly name = "ConflictError";
}
