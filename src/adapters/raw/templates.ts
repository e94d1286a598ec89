/** Libraries whose templates make SQL text for the driver that is given it. */
import type { TextLibrary } from "./driver.js";

/** `SQL`…``, which grows with `.append(…)`. */
export const sqlTemplateStrings: TextLibrary = {
  id: "sql-template-strings",
  title: "sql-template-strings",
  packages: ["sql-template-strings"],
  values: { default: "tag", SQL: "tag" },
  types: { SQLStatement: "text" },
  roles: {
    tag: { tag: { composes: true, gives: "text" } },
    text: { is: "text", methods: { append: { does: "leads", gives: "text" }, setName: { does: "leads", gives: "text" }, useBind: { does: "leads", gives: "text" } } },
  },
};

/** `sql`…`` with `join`, `raw`, `empty` and `bulk`. */
export const sqlTemplateTag: TextLibrary = {
  id: "sql-template-tag",
  title: "sql-template-tag",
  packages: ["sql-template-tag"],
  values: { default: "tag", sqltag: "tag", join: "join", raw: "raw", bulk: "bulk", empty: "empty" },
  types: { Sql: "text" },
  roles: {
    tag: { tag: { composes: true, gives: "text" } },
    join: { called: "text", piece: { piece: "join", items: 0, separator: 1, byDefault: "," } },
    raw: { called: "text", piece: { piece: "raw", argument: 0 } },
    bulk: { called: "text", piece: { piece: "rows" } },
    empty: { is: "text", piece: { piece: "empty" } },
    text: { is: "text" },
  },
};
