/** Statements of the neutral tree → statements of the query model. */
import type { Assignment, ColumnRef, Join, OrderItem, Predicate, Projection, Source, Span, Statement, Subquery, TableRef } from "../../query/model.js";
import { unreachable } from "../../base/exhaustive.js";
import type { AssignmentTree, CteTree, Expression, FromTree, JoinTree, LimitTree, OrderTree, OtherTree, QueryTree, StatementTree, TableTree, TruncateTree, WriteTree } from "../tree.js";
import { Frame, type LoweringContext } from "./context.js";
import { amountOf, collectQueries, columnOf, operandOf, parametersIn, partsOf, valueSlot } from "./expression.js";
import { predicateOf } from "./predicate.js";
import { withHoles } from "./text-holes.js";

const noFilter: Predicate = { op: "constant", value: true, written: false };
const noProjection: Projection = { all: false, columns: [], aggregate: "no" };

const aggregates = new Set([
  "count", "sum", "avg", "min", "max", "array_agg", "string_agg", "json_agg", "jsonb_agg", "json_object_agg", "jsonb_object_agg", "bool_and", "bool_or", "every", "bit_and", "bit_or", "bit_xor",
  "group_concat", "json_arrayagg", "json_objectagg", "json_group_array", "json_group_object", "total", "stddev", "stddev_pop", "stddev_samp", "std", "variance", "var_pop", "var_samp",
  "percentile_cont", "percentile_disc", "mode", "corr", "covar_pop", "covar_samp", "regr_slope", "regr_intercept", "regr_r2", "regr_count", "xmlagg", "any_value", "count_big", "approx_count_distinct", "approx_distinct", "countif", "listagg", "range_agg", "median",
]);
const rowMakers = new Set(["unnest", "generate_series", "json_array_elements", "jsonb_array_elements", "json_array_elements_text", "jsonb_array_elements_text", "jsonb_each", "json_each", "json_each_text", "jsonb_each_text", "regexp_split_to_table", "regexp_matches", "string_to_table", "jsonb_object_keys", "json_object_keys"]);

/** Lowers one statement, frozen. */
export function lowerStatement(tree: StatementTree, context: LoweringContext, outer: ReadonlySet<string> = new Set()): Statement {
  switch (tree.kind) {
    case "select":
      return lowerQuery(tree, context, outer);
    case "insert":
    case "update":
    case "delete":
    case "merge":
      return lowerWrite(tree, context, outer);
    case "truncate":
      return lowerTruncate(tree, context);
    case "ddl":
    case "transaction":
    case "utility":
      return lowerOther(tree, context, outer);
    default:
      return unreachable(tree);
  }
}

function empty(kind: Statement["kind"], span: Span): Statement {
  return {
    kind, span, certainty: "parsed", sources: [], where: noFilter, projection: noProjection, groupBy: [], having: false, distinct: false,
    orderBy: [], assignments: [], returning: false, subqueries: [], ctes: [],
  };
}

function frameFor(trees: readonly CteTree[], context: LoweringContext, outer: ReadonlySet<string>): Frame {
  const names = new Set(outer);
  for (const cte of trees) names.add(context.fold(cte.name));
  const frame = new Frame(context, names, (tree, ctes) => lowerQuery(tree, context, ctes));
  for (const cte of trees) frame.add(lowerStatement(cte.statement, context, names), "cte");
  return frame;
}

function sharedParts(tree: { readonly ctes: readonly CteTree[] } & LimitTree & { readonly orderBy: readonly OrderTree[] }, frame: Frame): Pick<Statement, "limit" | "offset" | "orderBy" | "ctes"> {
  const { context } = frame;
  return {
    ctes: tree.ctes.map((cte) => context.fold(cte.name)),
    orderBy: tree.orderBy.map((item) => orderItem(item, frame)),
    ...(tree.limit !== undefined ? { limit: amountOf(tree.limit, frame) } : tree.limitAll !== undefined ? { limit: { kind: "none" as const, span: context.span(tree.limitAll) } } : {}),
    ...(tree.offset === undefined ? {} : { offset: amountOf(tree.offset, frame) }),
  };
}

function orderItem(item: OrderTree, frame: Frame): OrderItem {
  collectQueries(item.expression, frame);
  const column = columnOf(item.expression, frame.context);
  return {
    ...(column === undefined ? {} : { column }),
    descending: item.descending ? "yes" : "no",
    ...(item.nulls === undefined ? {} : { nulls: item.nulls }),
    span: frame.context.span(item),
  };
}

function lowerQuery(tree: QueryTree, context: LoweringContext, outer: ReadonlySet<string>): Statement {
  const frame = frameFor(tree.ctes, context, outer);
  const span = context.span(tree);
  if (tree.branches !== undefined) {
    // The last branch first: it takes the holes behind its start, so that each branch is left with its own.
    const branches = [...tree.branches].reverse().map((branch) => {
      const statement = lowerQuery(branch, context, frame.ctes);
      frame.add(statement, "set");
      return statement;
    }).reverse();
    const last = branches[branches.length - 1];
    const shared = sharedParts(tree, frame);
    // Order and limit in a hole behind the last branch belong to the whole.
    const heldLimit = shared.limit === undefined && last?.limit?.kind === "maybe" ? { limit: last.limit } : {};
    return Object.freeze({
      ...empty("select", span), ...shared, ...heldLimit, branches,
      projection: { all: branches.some((branch) => branch.projection.all), columns: branches[0]?.projection.columns ?? [], aggregate: "no" as const },
      subqueries: frame.subqueries,
    });
  }
  if (tree.values !== undefined) {
    for (const row of tree.values) for (const item of row) collectQueries(item, frame);
    const source: Source = { kind: "values", alias: "", span };
    return Object.freeze(withHoles({ ...empty("select", span), ...sharedParts(tree, frame), sources: [source], subqueries: frame.subqueries }, context.textHoles.claim(span)));
  }
  const sources = lowerSources(tree.from, frame);
  const where = tree.where === undefined ? noFilter : predicateOf(tree.where, frame);
  for (const item of [...tree.items, ...tree.groupBy, ...(tree.having === undefined ? [] : [tree.having])]) collectQueries(item, frame);
  const shared = sharedParts(tree, frame);
  const target = tree.into === undefined ? undefined : tableRef(tree.into, context);
  const statement: Statement = {
    ...empty(target === undefined ? "select" : "ddl", span),
    ...shared,
    ...(target === undefined ? {} : { target, temporary: tree.intoTemporary === true }),
    sources, where,
    projection: projectionOf(tree, context),
    groupBy: tree.groupBy.map((item) => columnOf(item, context)),
    having: tree.having !== undefined,
    distinct: tree.distinct,
    ...(tree.locking === undefined ? {} : { locking: tree.locking }),
    subqueries: frame.subqueries,
  };
  return Object.freeze(withHoles(statement, context.textHoles.claim(span)));
}

function projectionOf(tree: QueryTree, context: LoweringContext): Projection {
  const columns: ColumnRef[] = [];
  let all = false;
  let aggregated = false;
  let multiplied = false;
  let dynamic = false;
  for (const item of tree.items) {
    if (item.kind === "star") all = true;
    else if (item.kind === "column") {
      if (context.prepared.slotsIn(item).some((slot) => slot.kind === "text")) dynamic = true;
      const column = columnOf(item, context);
      if (column !== undefined) columns.push(column);
    }
    if (holds(item, aggregates)) aggregated = true;
    if (holds(item, rowMakers)) multiplied = true;
  }
  if (tree.having !== undefined && tree.groupBy.length === 0) aggregated = true;
  const one = aggregated && tree.groupBy.length === 0 && !multiplied;
  return { all, columns, aggregate: one ? "yes" : dynamic && tree.groupBy.length === 0 ? "unknown" : "no" };
}

function holds(expression: Expression, names: ReadonlySet<string>): boolean {
  if (expression.kind === "call" && !expression.windowed && names.has(expression.name.toLowerCase())) {
    // min(a, b) of SQLite is a scalar function.
    if (!((expression.name.toLowerCase() === "min" || expression.name.toLowerCase() === "max") && expression.args.length > 1)) return true;
  }
  return partsOf(expression).some((part) => holds(part, names));
}

function tableRef(tree: TableTree, context: LoweringContext): TableRef {
  const name = context.fold(tree.name);
  const dynamic = tree.end > tree.start && context.prepared.slotsIn(tree).length > 0;
  return {
    name,
    ...(tree.schema === undefined ? {} : { schema: context.fold(tree.schema) }),
    alias: tree.alias === undefined ? name : context.fold(tree.alias),
    ...(dynamic ? { dynamic: true } : {}),
    span: context.span(tree),
  };
}

function lowerSources(from: readonly FromTree[], frame: Frame): readonly Source[] {
  const { context } = frame;
  const sources: Source[] = [];
  for (const item of from) {
    const alias = "alias" in item && item.alias !== undefined ? context.fold(item.alias) : "";
    const span = context.span(item);
    let source: Source;
    switch (item.kind) {
      case "table": {
        const table = tableRef(item.table, context);
        source = item.table.schema === undefined && frame.ctes.has(table.name) ? { kind: "cte", name: table.name, alias: table.alias, span } : { kind: "table", table };
        break;
      }
      case "query":
        source = { kind: "subquery", statement: frame.query(item.query, item.lateral ? "lateral" : "from"), alias, lateral: item.lateral, span };
        break;
      case "function":
        for (const argument of item.args) collectQueries(argument, frame);
        source = { kind: "function", name: item.name.toLowerCase(), alias: alias === "" ? item.name.toLowerCase() : alias, span };
        break;
      case "values":
        for (const row of item.rows) for (const value of row) collectQueries(value, frame);
        source = { kind: "values", alias, span };
        break;
      default:
        return unreachable(item);
    }
    sources.push(item.join === undefined ? source : { ...source, join: lowerJoin(item.join, source, sources, frame) });
  }
  return sources;
}

function aliasOf(source: Source | undefined): string | undefined {
  if (source === undefined) return undefined;
  const alias = source.kind === "table" ? source.table.alias : source.alias;
  return alias === "" ? undefined : alias;
}

function lowerJoin(join: JoinTree, source: Source, before: readonly Source[], frame: Frame): Join {
  if (join.on !== undefined) return { type: join.type, on: predicateOf(join.on, frame) };
  if (join.using === undefined) return { type: join.type, on: noFilter };
  const span = source.kind === "table" ? source.table.span : source.span;
  const left = before.length === 1 ? aliasOf(before[0]) : undefined;
  const right = aliasOf(source);
  const items = join.using.map((name): Predicate => {
    const text = frame.context.fold(name);
    return {
      op: "compare", operator: "=", span,
      column: { ...(right === undefined ? {} : { table: right }), name: text, span, wrappers: [] },
      operand: { kind: "column", column: { ...(left === undefined ? {} : { table: left }), name: text, span, wrappers: [] } },
    };
  });
  const [only] = items;
  return { type: join.type, on: items.length === 1 && only !== undefined ? only : { op: "and", items } };
}

function lowerAssignments(items: readonly AssignmentTree[], frame: Frame): readonly Assignment[] {
  return items.flatMap((item) => {
    const column = columnOf(item.column, frame.context);
    const operand = operandOf(item.value, frame);
    collectQueries(item.value, frame);
    if (column === undefined) return [];
    const inputs = operand?.kind === "parameter" ? [] : parametersIn(item.value, frame.context);
    return [{ column, operand: operand ?? { kind: "expression" as const, volatile: "unknown" as const, span: frame.context.span(item.value) }, ...(inputs.length > 0 && { inputs }) }];
  });
}

function lowerWrite(tree: WriteTree, context: LoweringContext, outer: ReadonlySet<string>): Statement {
  const frame = frameFor(tree.ctes, context, outer);
  const span = context.span(tree);
  const sources = lowerSources(tree.from, frame);
  const where: Predicate = tree.whereCurrent === true
    ? { op: "opaque", restricts: "yes", reason: "WHERE CURRENT OF", span }
    : tree.where === undefined ? noFilter : predicateOf(tree.where, frame);
  const assignments = [...insertedColumns(tree, frame), ...lowerAssignments(tree.assignments, frame)];
  if (tree.query !== undefined) frame.query(tree.query, "from");
  const rows = rowsOf(tree, context);
  const statement: Statement = {
    ...empty(tree.kind, span),
    ...sharedParts(tree, frame),
    target: tableRef(tree.target, context),
    sources, where, assignments,
    ...(rows === undefined ? {} : { rows }),
    ...(tree.conflict === undefined ? {} : { conflict: tree.conflict }),
    returning: tree.returning,
    subqueries: frame.subqueries,
  };
  return Object.freeze(withHoles(statement, context.textHoles.claim(span)));
}

function insertedColumns(tree: WriteTree, frame: Frame): readonly Assignment[] {
  const [first, ...others] = tree.rows ?? [];
  for (const row of others) for (const item of row) collectQueries(item, frame);
  for (const item of first ?? []) collectQueries(item, frame);
  const span = frame.context.span(tree.target);
  // One hole for all the values of the row.
  const [only] = first ?? [];
  const isWhole = first?.length === 1 && tree.columns.length > 1 && only !== undefined;
  return tree.columns.flatMap((expression, index) => {
    const column = columnOf(expression, frame.context);
    const value = first?.[index];
    const operand = value === undefined || isWhole || others.length > 0 ? undefined : operandOf(value, frame);
    if (column === undefined) return [];
    return [{ column, operand: operand ?? { kind: "expression" as const, volatile: "unknown" as const, span } }];
  });
}

function rowsOf(tree: WriteTree, context: LoweringContext): Statement["rows"] {
  if (tree.kind !== "insert") return undefined;
  if (tree.query !== undefined) return "select";
  if (tree.rows === undefined) return "unknown";
  if (tree.rows.length > 1) return "many";
  const [only] = tree.rows;
  const [value] = only ?? [];
  if (only?.length === 1 && value !== undefined) {
    const slot = valueSlot(value, context);
    // `VALUES ?` and `VALUES ${rows}`: the driver writes as many rows as it is given.
    if (slot !== undefined) {
      const before = context.prepared.original.tokens[slot.token - 1]?.upper;
      if (slot.kind === "list" && before !== "(" && before !== "VALUES" && before !== "VALUE") return "unknown";
      if (before === "VALUES" || before === "VALUE") return slot.kind === "value" && !slot.native && slot.placeholder !== undefined ? "many" : "unknown";
      if (slot.kind === "text" || (slot.kind === "list" && tree.columns.length !== 1)) return slot.kind === "text" ? "unknown" : "one";
    }
  }
  return "one";
}

function lowerTruncate(tree: TruncateTree, context: LoweringContext): Statement {
  const [first, ...rest] = tree.tables.map((table) => tableRef(table, context));
  return Object.freeze({
    ...empty("truncate", context.span(tree)),
    ...(first === undefined ? {} : { target: first }),
    sources: rest.map((table): Source => ({ kind: "table", table })),
  });
}

function lowerOther(tree: OtherTree, context: LoweringContext, outer: ReadonlySet<string>): Statement {
  const span = context.span(tree);
  const frame = frameFor([], context, outer);
  if (tree.query !== undefined) frame.query(tree.query, "from");
  const subqueries: readonly Subquery[] = frame.subqueries;
  return Object.freeze({
    ...empty(tree.kind, span),
    ...(tree.target === undefined ? {} : { target: tableRef(tree.target, context) }),
    ...(tree.temporary === true ? { temporary: true } : {}),
    subqueries,
  });
}
