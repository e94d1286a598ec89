import { defineRule, tableLabel, type Query, type WriteScope } from "../src/rule.js";

type Deliberate = Extract<WriteScope, { kind: "deliberate" }>["why"];

export interface Options {
  /** Deliberate forms that are not reported. */
  readonly allow: readonly Deliberate[];
}

export type MessageId = "noWhere" | "emptyWhere" | "alwaysTrue" | "optionalWhere" | "named" | "truncate" | "temporary";

export default defineRule<Options, MessageId>({
  id: "require-where",
  description: "Require a filter on every update and delete",
  preset: "recommended",
  messages: {
    noWhere: "{{verb}} every row of `{{table}}`: the statement has no WHERE.",
    emptyWhere: "{{verb}} every row of `{{table}}`: its filter is empty, and an empty filter matches all rows.",
    alwaysTrue: "{{verb}} every row of `{{table}}`: its filter is always true.",
    optionalWhere: "{{verb}} every row of `{{table}}` when no condition of its filter applies: all of them are optional.",
    named: "{{verb}} every row of `{{table}}`: `{{call}}` takes no filter.",
    truncate: "Removes every row of `{{table}}`: TRUNCATE takes no filter.",
    temporary: "{{verb}} every row of the temporary table `{{table}}`: the statement has no WHERE.",
  },
  options: {
    allow: {
      type: "array",
      items: { enum: ["named", "truncate", "temporary"] },
      uniqueItems: true,
      description: "Deliberate forms that are not reported: `named` (`deleteAll()`), `truncate`, `temporary` (temporary tables).",
    },
  },
  defaults: { allow: ["temporary"] },
  *check(query, { facts, options }) {
    if (query.sending !== "now") return;
    const scope = facts.writeScope();
    const messageId = messageFor(scope, options);
    if (messageId === undefined) return;
    const span = scope.kind === "all" ? scope.span : undefined;
    yield {
      range: span === undefined ? query.site.range : query.locate(span),
      messageId,
      data: { verb: verbOf(query), table: tableLabel(query, facts), call: query.site.name },
    };
  },
});

function messageFor(scope: WriteScope, { allow }: Options): MessageId | undefined {
  if (scope.kind === "deliberate") return allow.includes(scope.why) ? undefined : scope.why;
  if (scope.kind !== "all") return undefined;
  switch (scope.why) {
    case "no-where":
      return "noWhere";
    case "empty-where":
      return "emptyWhere";
    case "always-true":
      return "alwaysTrue";
    case "optional-where":
      return "optionalWhere";
  }
}

function verbOf(query: Query): string {
  return query.kind === "update" ? "Updates" : "Deletes";
}
