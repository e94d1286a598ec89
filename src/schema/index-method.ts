/** The access method of an index, by the name that PostgreSQL and the libraries give it. */
import type { Index } from "./model.js";

/** A B-tree where none is named; `other` for a name that is not modelled. Compared without case. */
export function indexMethod(name: string | undefined): Index["method"] {
  switch (name?.toLowerCase()) {
    case undefined:
    case "btree":
      return "btree";
    case "hash":
      return "hash";
    case "gin":
      return "gin";
    case "gist":
      return "gist";
    case "spgist":
      return "spgist";
    case "brin":
      return "brin";
    default:
      return "other";
  }
}
