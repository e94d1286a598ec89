/** Raw statements: ``db.execute(sql`…`)``, `db.run`, `db.all`, `db.get`, `db.values`, `sql.raw`. */
import type { Delivery, Dialect, Opaque, Query, Sending, Site } from "../../query/model.js";
import { isOpaque } from "../../query/model.js";
import type { Node } from "../../syntax/ast.js";
import { queriesOfText } from "../sql-text.js";
import { FragmentReader, type Guess } from "./fragments.js";
import type { Reader } from "./reader.js";

export interface RawStatement {
  readonly site: Site;
  readonly dialect: Dialect | undefined;
  readonly sending: Sending;
  readonly delivery: Delivery;
}

/** The queries of a statement that is given as text. */
export function lowerRaw(argument: Node, given: RawStatement, reader: Reader): readonly (Query | Opaque)[] {
  const read = (guess: Guess): readonly (Query | Opaque)[] =>
    queriesOfText({ text: new FragmentReader(reader).fold(argument, reader.home, guess), context: reader.context, undefinedLimit: "dropped", inputs: reader.inputs, ...given });
  const bound = read("value");
  // An interpolated expression is bound as a value unless it is a fragment; where a value cannot stand it must be one.
  return bound.some((query) => isOpaque(query) && query.opaque === "syntax-error") ? read("text") : bound;
}
