/** sqlparser-rs's tree → the neutral tree. Identifiers and values carry spans as line and column in code points. */
import { field, flag, isObject, list, num, text, variant, type Json } from "../json.js";
import type { Dialect } from "../../query/model.js";
import { SyntaxRejected } from "../parsers/resolve.js";
import type { Token } from "../scanner.js";
import type { AssignmentTree, CteTree, Expression, FromTree, JoinTree, JoinType, LimitTree, Name, OrderTree, Place, QueryTree, StatementTree, TableTree, WriteTree } from "../tree.js";
import { Layout, type TokenRange } from "./layout.js";
import { numberOf } from "./postgres.js";
import { splitTarget } from "./target.js";

/** Translates a parse result to one tree per statement; undefined when the statements cannot be told apart. */
export function translateSqlparser(result: Json, sql: string, tokens: readonly Token[], dialect: Dialect): readonly StatementTree[] {
  return new Translator(sql, tokens, dialect).statements(list(result));
}

const nowhere: Place = { start: 0, end: 0 };

const operators: Readonly<Record<string, string>> = {
  Plus: "+", Minus: "-", Multiply: "*", Divide: "/", Modulo: "%", StringConcat: "||", Gt: ">", Lt: "<", GtEq: ">=", LtEq: "<=", Spaceship: "<=>", Eq: "=", Assignment: "=", NotEq: "<>", Xor: "xor",
  BitwiseOr: "|", BitwiseAnd: "&", BitwiseXor: "^", MyIntegerDivide: "DIV", DuckIntegerDivide: "DIV", Match: "match", Regexp: "regexp", Arrow: "->", LongArrow: "->>", HashArrow: "#>", HashLongArrow: "#>>",
  AtAt: "@@", AtArrow: "@>", ArrowAt: "<@", PGOverlap: "&&", PGBitwiseShiftLeft: "<<", PGBitwiseShiftRight: ">>", Question: "?", AtQuestion: "@?", PGRegexMatch: "~", PGRegexIMatch: "~*", PGRegexNotMatch: "!~", PGRegexNotIMatch: "!~*", PGBitwiseXor: "#", PGExp: "^", QuestionAnd: "?&", QuestionPipe: "?|",
};

/** Operators that bind looser than a JSON arrow, which the MySQL grammar of the parser nevertheless reads first. */
const looser = new Set(["Eq", "NotEq", "Gt", "Lt", "GtEq", "LtEq", "Spaceship", "And", "Or", "Xor", "Plus", "Minus", "Multiply", "Divide", "Modulo"]);

class Translator {
  readonly #layout: Layout;
  readonly #lines: readonly number[];
  readonly #ascii: boolean;
  readonly #sql: string;

  readonly #dialect: Dialect;

  constructor(sql: string, tokens: readonly Token[], dialect: Dialect) {
    this.#dialect = dialect;
    this.#layout = new Layout(tokens);
    this.#sql = sql;
    const lines = [0];
    for (let at = sql.indexOf("\n"); at !== -1; at = sql.indexOf("\n", at + 1)) lines.push(at + 1);
    this.#lines = lines;
    this.#ascii = !/[\u{10000}-\u{10ffff}]/u.test(sql);
  }

  statements(items: readonly Json[]): readonly StatementTree[] {
    const segments = this.#layout.segments();
    const whole = { from: 0, to: this.#layout.tokens.length };
    return items.map((item, index) => this.#statement(item, segments.length === items.length ? (segments[index] ?? whole) : whole));
  }

  /** UTF-16 offset of a line and a column. */
  #offset(location: Json | undefined): number {
    const line = num(location, "line") ?? 0;
    const column = num(location, "column") ?? 0;
    if (line < 1 || column < 1) return -1;
    const start = this.#lines[line - 1] ?? 0;
    if (this.#ascii) return start + column - 1;
    let offset = start;
    for (let step = 1; step < column; step++) offset += (this.#sql.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
    return offset;
  }

  #place(span: Json | undefined): Place {
    const start = this.#offset(field(span, "start"));
    const end = this.#offset(field(span, "end"));
    return start < 0 || end < start ? nowhere : { start, end };
  }

  #name(identifier: Json | undefined): Name & Place {
    return { text: text(identifier, "value") ?? "", quoted: typeof field(identifier, "quote_style") === "string", ...this.#place(field(identifier, "span")) };
  }

  /** The parts of a name with dots. */
  #path(node: Json | undefined): readonly (Name & Place)[] {
    return list(node).flatMap((part) => {
      const found = field(part, "Identifier");
      return found === undefined ? [] : [this.#name(found)];
    });
  }

  #table(path: readonly (Name & Place)[], alias: Json | undefined): TableTree {
    const name = path[path.length - 1] ?? { text: "", quoted: false, ...nowhere };
    const schema = path[path.length - 2];
    const aliasName = field(alias, "name");
    // In MySQL these are the quotes of a string, and a string is no table.
    if ((this.#dialect === "mysql" || this.#dialect === "mariadb") && name.quoted && name.end === 0) throw new SyntaxRejected("a string in the place of a table");
    return {
      ...this.#layout.around(...path),
      name: { text: name.text, quoted: name.quoted },
      ...(schema === undefined ? {} : { schema: { text: schema.text, quoted: schema.quoted } }),
      ...(aliasName === undefined || aliasName === null ? {} : { alias: this.#name(aliasName) }),
    };
  }

  #statement(node: Json, range: TokenRange): StatementTree {
    const found = variant(node);
    const body = found?.body;
    const place = this.#layout.place(range);
    switch (found?.tag) {
      case "Query":
        return this.#wrapped(body, range);
      case "Insert":
        return this.#insert(body, range, []);
      case "Update":
        return this.#update(body, range, []);
      case "Delete":
        return this.#delete(body, range, []);
      case "Merge":
        return this.#merge(body, range);
      case "Truncate":
        return { kind: "truncate", ...place, tables: list(body, "table_names").map((item) => this.#table(this.#path(field(item, "name")), undefined)) };
      case "StartTransaction":
      case "Commit":
      case "Rollback":
      case "Savepoint":
      case "ReleaseSavepoint":
        return { kind: "transaction", ...place };
      case undefined:
        return { kind: "utility", ...place };
      default: {
        const tag = found?.tag ?? "";
        if (!/^(?:Create|Alter|Drop|Rename|Comment|Grant|Revoke)/u.test(tag)) return { kind: "utility", ...place };
        const isTable = tag === "CreateTable" || tag === "CreateView" || tag === "AlterTable" || tag === "AlterView" || tag === "CreateIndex" || tag === "CreateVirtualTable";
        const path = isTable ? this.#path(field(body, "table_name") ?? field(body, "name")) : [];
        const query = tag === "CreateTable" ? field(body, "query") : undefined;
        return {
          kind: "ddl", ...place,
          ...(path.length > 0 ? { target: this.#table(path, undefined) } : {}),
          ...(isObject(query) ? { query: this.#subquery(query, range) } : {}),
          temporary: flag(body, "temporary"),
        };
      }
    }
  }

  /** A query that may be a write behind a WITH list. */
  #wrapped(node: Json | undefined, range: TokenRange): StatementTree {
    const body = variant(field(node, "body"));
    const inner = variant(body?.body ?? null)?.body;
    const ctes = this.#ctes(field(node, "with"), range);
    switch (body?.tag) {
      case "Insert":
        return this.#insert(inner, range, ctes);
      case "Update":
        return this.#update(inner, range, ctes);
      case "Delete":
        return this.#delete(inner, range, ctes);
      case "Merge":
        return this.#merge(inner, range);
      case undefined:
      default:
        return this.#query(node, range);
    }
  }

  #ctes(node: Json | undefined, range: TokenRange): readonly CteTree[] {
    return list(node, "cte_tables").map((item) => {
      const name = this.#name(field(field(item, "alias"), "name"));
      const close = this.#place(field(field(item, "closing_paren_token"), "span"));
      const last = this.#layout.index.indexAt(close.start);
      const open = this.#layout.index.partner(last);
      const inner = open === -1 || open >= last ? range : { from: open + 1, to: last };
      return { start: name.start, end: name.end, name, statement: this.#wrapped(field(item, "query"), inner) };
    });
  }

  /** A query in parentheses: its first token tells where. */
  #subquery(node: Json | undefined, fallback: TokenRange): QueryTree {
    return this.#query(node, this.#queryRange(node, fallback));
  }

  #queryRange(node: Json | undefined, fallback: TokenRange): TokenRange {
    const { offset, climbs } = this.#leftmost(node);
    if (offset < 0) return fallback;
    let index = this.#layout.index.indexAt(offset);
    for (let step = 0; step <= climbs; step++) {
      index--;
      for (; index >= 0; index--) {
        const partner = this.#layout.index.partner(index);
        if (partner !== -1 && partner < index) index = partner;
        else if (this.#layout.tokens[index]?.text === "(") break;
      }
    }
    const close = this.#layout.index.partner(index);
    return index < 0 || close === -1 ? fallback : { from: index + 1, to: close };
  }

  /** The first token of a query and the number of parentheses between it and the query's own. */
  #leftmost(node: Json | undefined): { readonly offset: number; readonly climbs: number } {
    const withToken = field(field(field(node, "with"), "with_token"), "span");
    if (withToken !== undefined) return { offset: this.#place(withToken).start, climbs: 0 };
    let current = variant(field(node, "body"));
    let climbs = 0;
    while (current !== undefined) {
      const body = current.body;
      switch (current.tag) {
        case "SetOperation":
          current = variant(field(body, "left"));
          continue;
        case "Query": {
          climbs++;
          const inner = this.#leftmost(body);
          return { offset: inner.offset, climbs: climbs + inner.climbs };
        }
        case "Select":
          return { offset: this.#place(field(field(body, "select_token"), "span")).start, climbs };
        case "Values":
          return { offset: this.#place(field(field(list(body, "rows")[0], "opening_token"), "span")).start, climbs };
        default:
          return { offset: -1, climbs };
      }
    }
    return { offset: -1, climbs };
  }

  #query(node: Json | undefined, whole: TokenRange): QueryTree {
    const range = this.#layout.trim(whole);
    const ctes = this.#ctes(field(node, "with"), range);
    const main = this.#mainRange(range, ctes);
    const order = this.#orderBy(field(node, "order_by"));
    const limits = this.#limits(node);
    const locks = list(node, "locks");
    const shell = {
      ...limits,
      ...(locks.length > 0 ? { locking: { skipLocked: locks.some((lock) => text(lock, "nonblock") === "SkipLocked") } } : {}),
    };
    const inner = this.#setExpression(field(node, "body"), main);
    const place = this.#layout.place(range);
    const nested = inner.orderBy.length > 0 || inner.limit !== undefined || inner.limitAll !== undefined || inner.offset !== undefined;
    if (nested && (order.length > 0 || Object.keys(limits).length > 0)) {
      // `(SELECT … LIMIT 1) LIMIT 2`: two levels.
      return { kind: "select", ...place, ctes, distinct: false, items: [], from: [], groupBy: [], orderBy: order, ...shell, branches: [inner] };
    }
    return { ...inner, ...place, ctes: [...ctes, ...inner.ctes], orderBy: order.length > 0 ? order : inner.orderBy, ...shell };
  }

  #mainRange(range: TokenRange, ctes: readonly CteTree[]): TokenRange {
    if (ctes.length === 0) return range;
    const main = this.#layout.find(range, "SELECT", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE", "REPLACE");
    return main === -1 ? range : { from: main, to: range.to };
  }

  #setExpression(node: Json | undefined, range: TokenRange): QueryTree {
    const found = variant(node);
    const body = found?.body;
    const place = this.#layout.place(range);
    const none = { kind: "select" as const, ...place, ctes: [], distinct: false, items: [], from: [], groupBy: [], orderBy: [] };
    switch (found?.tag) {
      case "Select":
        return this.#select(body, range);
      case "Query":
        return this.#query(body, this.#queryRange(body, range));
      case "SetOperation": {
        const isIntersect = text(body, "op") === "Intersect";
        const [left, right] = this.#layout.splitSetOperation(range, isIntersect ? ["INTERSECT"] : ["UNION", "EXCEPT", "MINUS"]);
        return { ...none, branches: [...this.#branch(field(body, "left"), left), ...this.#branch(field(body, "right"), right)] };
      }
      case "Values":
        return { ...none, values: list(body, "rows").map((row) => this.#items(list(row, "content"))) };
      case "Table": {
        const name = text(body, "table_name") ?? "";
        return { ...none, items: [{ kind: "star", ...place }], from: [{ kind: "table", ...place, table: { ...place, name: { text: name, quoted: false } } }] };
      }
      case undefined:
      default:
        return none;
    }
  }

  #branch(node: Json | undefined, range: TokenRange): readonly QueryTree[] {
    const query = this.#setExpression(node, range);
    const plain = query.branches !== undefined && query.orderBy.length === 0 && query.limit === undefined && query.offset === undefined && query.ctes.length === 0;
    return plain ? (query.branches ?? []) : [query];
  }

  #limits(node: Json | undefined): LimitTree {
    const clause = variant(field(node, "limit_clause"));
    const fetch = field(node, "fetch");
    const limits: { limit?: Expression; limitAll?: Place; offset?: Expression } = {};
    const limit = field(clause?.body, "limit");
    if (isObject(limit)) limits.limit = this.#expression(limit);
    const offset = field(clause?.body, "offset");
    if (clause?.tag === "OffsetCommaLimit") limits.offset = this.#expression(offset);
    else if (isObject(offset)) limits.offset = this.#expression(field(offset, "value"));
    if (isObject(fetch)) {
      const quantity = field(fetch, "quantity");
      limits.limit = isObject(quantity) ? this.#expression(quantity) : { kind: "literal", value: 1, ...nowhere };
    }
    return limits;
  }

  #orderBy(node: Json | undefined): readonly OrderTree[] {
    return this.#orderItems(list(field(field(node, "kind"), "Expressions")));
  }

  #orderItems(items: readonly Json[]): readonly OrderTree[] {
    return items.map((item) => {
      const expression = this.#expression(field(item, "expr"));
      const options = field(item, "options");
      const first = field(options, "nulls_first");
      return {
        ...this.#layout.tail({ start: expression.start, end: expression.end }, "ASC", "DESC", "NULLS", "FIRST", "LAST"),
        expression,
        descending: field(options, "asc") === false,
        ...(typeof first === "boolean" ? { nulls: first ? ("first" as const) : ("last" as const) } : {}),
      };
    });
  }

  #select(body: Json | undefined, range: TokenRange): QueryTree {
    const distinct = field(body, "distinct");
    const where = field(body, "selection");
    const having = field(body, "having");
    const top = field(field(body, "top"), "quantity");
    const topExpression = field(top, "Expr");
    const topConstant = num(top, "Constant");
    return {
      kind: "select", ...this.#layout.place(range), ctes: [],
      distinct: distinct !== undefined && distinct !== null && distinct !== "All",
      items: list(body, "projection").map((item) => this.#projectionItem(item)),
      from: this.#fromList(list(body, "from"), range),
      ...(isObject(where) ? { where: this.#expression(where) } : {}),
      groupBy: list(list(field(body, "group_by"), "Expressions")[0]).map((item) => this.#expression(item)),
      ...(isObject(having) ? { having: this.#expression(having) } : {}),
      orderBy: [],
      ...(isObject(topExpression) ? { limit: this.#expression(topExpression) } : topConstant !== undefined ? { limit: { kind: "literal" as const, value: topConstant, ...nowhere } } : {}),
    };
  }

  #projectionItem(item: Json): Expression {
    const found = variant(item);
    switch (found?.tag) {
      case "UnnamedExpr":
        return this.#expression(found.body);
      case "ExprWithAlias":
        return this.#expression(field(found.body, "expr"));
      case "Wildcard":
        return { kind: "star", ...this.#place(field(field(found.body, "wildcard_token"), "span")) };
      case undefined:
      default:
        return { kind: "star", ...nowhere };
    }
  }

  #fromList(items: readonly Json[], range: TokenRange): readonly FromTree[] {
    return items.flatMap((item, position) => {
      const found = this.#joined(item, range);
      const [first, ...rest] = found;
      return position === 0 || first === undefined ? found : [{ ...first, join: { type: "comma" as const } }, ...rest];
    });
  }

  /** A table with its joins. */
  #joined(node: Json | undefined, range: TokenRange): readonly FromTree[] {
    const found = [...this.#factor(field(node, "relation"), range)];
    for (const join of list(node, "joins")) {
      const right = this.#factor(field(join, "relation"), range);
      const [first, ...rest] = right;
      if (first !== undefined) found.push({ ...first, join: this.#joinOf(field(join, "join_operator")) }, ...rest);
    }
    return found;
  }

  #joinOf(node: Json | undefined): JoinTree {
    const operator = variant(node);
    const constraint = variant(operator?.body ?? null);
    if (constraint?.tag === "Natural") return { type: "natural" };
    const on = constraint?.tag === "On" ? this.#expression(constraint.body) : undefined;
    const using = constraint?.tag === "Using" ? list(constraint.body).flatMap((path) => this.#path(path)) : [];
    const bare = on === undefined && using.length === 0;
    return { type: joinType(operator?.tag ?? "", bare), ...(on === undefined ? {} : { on }), ...(using.length > 0 ? { using } : {}) };
  }

  #factor(node: Json | undefined, range: TokenRange): readonly FromTree[] {
    const found = variant(node);
    const body = found?.body;
    const aliasNode = field(field(body, "alias"), "name");
    const alias = isObject(aliasNode) ? { alias: this.#name(aliasNode) } : {};
    switch (found?.tag) {
      case "Table": {
        const path = this.#path(field(body, "name"));
        const args = field(body, "args");
        if (isObject(args)) {
          const place = this.#layout.call(path[0]?.start ?? 0);
          return [{ kind: "function", ...place, name: path[path.length - 1]?.text ?? "", args: this.#arguments(list(args, "args")), ...alias }];
        }
        const table = this.#table(path, field(body, "alias"));
        return [{ kind: "table", start: table.start, end: table.end, table }];
      }
      case "Derived": {
        const query = this.#subquery(field(body, "subquery"), range);
        if (query.values !== undefined && query.branches === undefined) return [{ kind: "values", start: query.start, end: query.end, rows: query.values, ...alias }];
        return [{ kind: "query", start: query.start, end: query.end, query, lateral: flag(body, "lateral"), ...alias }];
      }
      case "NestedJoin":
        return this.#joined(field(body, "table_with_joins"), range);
      case "Function":
      case "TableFunction":
      case "UNNEST":
      case "JsonTable": {
        const args = this.#parts(body);
        const path = this.#path(field(body, "name"));
        const name = path[path.length - 1]?.text ?? (found.tag === "JsonTable" ? "json_table" : found.tag.toLowerCase());
        return [{ kind: "function", ...this.#layout.around(...path, ...args), name, args, ...alias }];
      }
      case undefined:
      default: {
        const args = this.#parts(body);
        return [{ kind: "function", ...this.#layout.around(...args), name: found?.tag ?? "", args, ...alias }];
      }
    }
  }

  #arguments(items: readonly Json[]): readonly Expression[] {
    return items.flatMap((item) => {
      const named = variant(item);
      const value = named?.tag === "Named" || named?.tag === "ExprNamed" ? field(named.body, "arg") : named?.body;
      const inner = variant(value);
      return inner?.tag === "Expr" ? [this.#expression(inner.body)] : [];
    });
  }

  #assignments(items: readonly Json[]): readonly AssignmentTree[] {
    return items.flatMap((item) => {
      const target = variant(field(item, "target"));
      const value = field(item, "value");
      if (target?.tag === "Tuple") {
        const values = list(field(value, "Tuple"));
        return list(target.body).map((path, index): AssignmentTree => {
          const element = values[index];
          const column = this.#columnOf(this.#path(path));
          return { column, value: element !== undefined ? this.#expression(element) : index === 0 ? this.#expression(value) : { kind: "other", name: "row", items: [], start: column.start, end: column.end } };
        });
      }
      return [{ column: this.#columnOf(this.#path(target?.body)), value: this.#expression(value) }];
    });
  }

  #columnOf(path: readonly (Name & Place)[]): Expression {
    return { kind: "column", path, ...this.#layout.around(...path) };
  }

  #insert(body: Json | undefined, range: TokenRange, ctes: readonly CteTree[]): WriteTree {
    const table = this.#path(field(field(body, "table"), "TableName"));
    const target = this.#table(table, undefined);
    const on = variant(field(body, "on"));
    const action = variant(field(field(on?.body, "action") === undefined ? on?.body : on?.body, "action"));
    const or = text(body, "or");
    const conflict = on?.tag === "DuplicateKeyUpdate" || action?.tag === "DoUpdate" || flag(body, "replace_into") || or === "Replace" ? "update" as const
      : action?.tag === "DoNothing" || flag(body, "ignore") || or === "Ignore" ? "ignore" as const : undefined;
    const updates = on?.tag === "DuplicateKeyUpdate" ? list(on.body) : list(action?.body ?? null, "assignments");
    const source = field(body, "source");
    const set = this.#assignments(list(body, "assignments"));
    const columns = list(body, "columns").map((path) => this.#columnOf(Array.isArray(path) ? this.#path(path) : [this.#name(path)]));
    const values = field(field(source, "body"), "Values");
    const rows = values !== undefined ? list(values, "rows").map((row) => this.#items(list(row, "content"))) : isObject(source) ? undefined : [set.map((item) => item.value)];
    const query = values === undefined && isObject(source) ? this.#query(source, this.#sourceRange(source, range)) : undefined;
    return {
      kind: "insert", ...this.#layout.place(range), ctes, target, from: [], orderBy: [],
      columns: set.length > 0 ? set.map((item) => item.column) : columns,
      assignments: this.#assignments(updates),
      returning: returns(body),
      ...(rows === undefined ? {} : { rows }),
      ...(query === undefined ? {} : { query }),
      ...(conflict === undefined ? {} : { conflict }),
    };
  }

  /** The range of the query an INSERT reads from. */
  #sourceRange(source: Json, range: TokenRange): TokenRange {
    const { offset } = this.#leftmost(source);
    let from = offset < 0 ? range.from : this.#layout.index.indexAt(offset);
    while (from > range.from && this.#layout.tokens[from - 1]?.text === "(" && this.#layout.index.partner(from - 1) < range.to) from--;
    const stop = this.#layout.find({ from, to: range.to }, "CONFLICT", "DUPLICATE", "RETURNING");
    if (stop === -1) return { from, to: range.to };
    return { from, to: this.#layout.index.upperAt(stop) === "RETURNING" ? stop : stop - 1 };
  }

  #writeLimits(body: Json | undefined): LimitTree & { readonly orderBy: readonly OrderTree[] } {
    const limit = field(body, "limit");
    return { orderBy: this.#orderItems(list(body, "order_by")), ...(isObject(limit) ? { limit: this.#expression(limit) } : {}) };
  }

  /** DELETE TOP (n) of SQL Server, which is blanked for the parser. */
  #top(range: TokenRange): LimitTree {
    if (this.#layout.index.upperAt(range.from + 1) !== "TOP") return {};
    const token = this.#layout.tokens[range.from + 3];
    if (token === undefined) return {};
    const place = { start: token.start, end: token.end };
    return { limit: token.kind === "number" ? { kind: "literal", value: numberOf(token.text), ...place } : { kind: "parameter", ...place } };
  }

  #where(body: Json | undefined): Pick<WriteTree, "where"> {
    const where = field(body, "selection");
    return isObject(where) ? { where: this.#expression(where) } : {};
  }

  #update(body: Json | undefined, range: TokenRange, ctes: readonly CteTree[]): WriteTree {
    const assignments = this.#assignments(list(body, "assignments"));
    const from = variant(field(body, "from"));
    const joined = this.#joined(field(body, "table"), range);
    const [first] = assignments;
    const path = first?.column.kind === "column" ? first.column.path : [];
    const more = this.#fromList(list(from?.body ?? null), range);
    const written = joined[0]?.kind === "table" ? joined[0].table.name : undefined;
    // SQL Server: UPDATE u … FROM users u.
    const isAlias = written !== undefined && more.some((item) => item.kind === "table" && item.table.alias?.text.toLowerCase() === written.text.toLowerCase());
    const { target, rest } = isAlias ? splitTarget(more, written) : splitTarget(joined, joined.length > 1 ? path[path.length - 2] : undefined);
    return {
      kind: "update", ...this.#layout.place(range), ctes, target: target ?? { ...nowhere, name: { text: "", quoted: false } },
      from: isAlias ? rest : [...rest, ...more],
      ...this.#where(body), ...this.#writeLimits(body), ...this.#top(range),
      assignments, columns: [], returning: returns(body),
    };
  }

  #delete(body: Json | undefined, range: TokenRange, ctes: readonly CteTree[]): WriteTree {
    const from = this.#fromList(list(variant(field(body, "from"))?.body ?? null), range);
    const using = this.#fromList(list(body, "using"), range);
    const named = this.#path(list(body, "tables")[0]);
    const usingNames = using.some((item) => item.kind === "table" && from.some((other) => other.kind === "table" && other.table.name.text === item.table.name.text));
    const pool = named.length > 0 ? from : usingNames ? using : from;
    const wanted = named.length > 0 ? named[named.length - 1] : usingNames && from[0]?.kind === "table" ? from[0].table.name : undefined;
    const { target, rest } = splitTarget(pool, wanted);
    return {
      kind: "delete", ...this.#layout.place(range), ctes, target: target ?? { ...nowhere, name: { text: "", quoted: false } },
      from: usingNames || named.length > 0 ? rest : [...rest, ...using],
      ...this.#where(body), ...this.#writeLimits(body), ...this.#top(range),
      assignments: [], columns: [], returning: returns(body),
    };
  }

  #merge(body: Json | undefined, range: TokenRange): WriteTree {
    const [target] = this.#factor(field(body, "table"), range);
    const [source, ...rest] = this.#factor(field(body, "source"), range);
    const on = this.#expression(field(body, "on"));
    return {
      kind: "merge", ...this.#layout.place(range), ctes: [], orderBy: [], columns: [], returning: returns(body),
      assignments: list(body, "clauses").flatMap((clause) => this.#assignments(list(field(field(clause, "action"), "Update"), "assignments"))),
      target: target?.kind === "table" ? target.table : { ...nowhere, name: { text: "", quoted: false } },
      from: source === undefined ? [] : [{ ...source, join: { type: "inner", on } }, ...rest],
    };
  }

  #items(items: readonly Json[]): readonly Expression[] {
    return items.map((item) => this.#expression(item));
  }

  /** Every expression below a node that is read without being modelled. */
  #parts(node: Json | undefined): readonly Expression[] {
    if (Array.isArray(node)) return list(node).flatMap((item) => this.#parts(item));
    if (!isObject(node)) return [];
    const keys = Object.keys(node);
    const found = variant(node);
    if (keys.length === 1 && found !== undefined && expressionTags.has(found.tag)) return [this.#expression(node)];
    return keys.flatMap((key) => (key === "name" || key === "alias" || key === "data_type" ? [] : this.#parts(node[key])));
  }

  #nestedQuery(node: Json | undefined): { readonly query: QueryTree; readonly place: Place } {
    const range = this.#queryRange(node, { from: 0, to: this.#layout.tokens.length });
    const query = this.#query(node, range);
    return { query, place: this.#layout.place({ from: range.from - 1, to: range.to + 1 }) };
  }

  #negated(body: Json | undefined): boolean {
    return flag(body, "negated");
  }

  #test(item: Expression, ...words: readonly string[]): Place {
    return this.#layout.tail({ start: item.start, end: item.end }, ...words);
  }

  #expression(node: Json | undefined): Expression {
    const found = variant(node);
    const body = found?.body;
    const one = (): Expression => this.#expression(body);
    switch (found?.tag) {
      case "Identifier": {
        const name = this.#name(body);
        const place = { start: name.start, end: name.end };
        if (!name.quoted && name.text.toUpperCase() === "DEFAULT") return { kind: "other", name: "default", items: [], ...place };
        return { kind: "column", path: [name], ...place };
      }
      case "CompoundIdentifier": {
        const path = list(body).map((part) => this.#name(part));
        return { kind: "column", path, ...this.#layout.around(...path) };
      }
      case "Wildcard":
      case "QualifiedWildcard":
        return { kind: "star", ...nowhere };
      case "Nested":
        return one();
      case "Value":
        return this.#value(body);
      case "TypedString":
        return this.#value(field(body, "value"));
      case "Prefixed":
        return this.#expression(field(body, "value"));
      case "IsNull":
      case "IsNotNull": {
        const item = one();
        return { kind: "isNull", item, negated: found.tag === "IsNotNull", ...this.#test(item, "IS", "NOT", "NULL", "ISNULL", "NOTNULL") };
      }
      case "IsTrue":
      case "IsNotTrue":
      case "IsFalse":
      case "IsNotFalse":
      case "IsUnknown":
      case "IsNotUnknown": {
        const item = one();
        const value = found.tag.endsWith("True") ? true : found.tag.endsWith("False") ? false : ("unknown" as const);
        return { kind: "isBoolean", item, value, negated: found.tag.startsWith("IsNot"), ...this.#test(item, "IS", "NOT", "TRUE", "FALSE", "UNKNOWN") };
      }
      case "IsDistinctFrom":
      case "IsNotDistinctFrom": {
        const left = this.#expression(list(body)[0]);
        const right = this.#expression(list(body)[1]);
        return { kind: "binary", op: found.tag === "IsDistinctFrom" ? "is distinct" : "is not distinct", left, right, ...this.#layout.around(left, right) };
      }
      case "InList": {
        const item = this.#expression(field(body, "expr"));
        const items = this.#items(list(body, "list"));
        const inAt = this.#layout.index.indexAt(item.end);
        const open = this.#layout.nextOpen(inAt, Math.min(inAt + 8, this.#layout.tokens.length));
        return { kind: "inList", item, negated: this.#negated(body), list: items, ...this.#layout.around(item, this.#layout.tokens[open], ...items) };
      }
      case "InSubquery": {
        const item = this.#expression(field(body, "expr"));
        const { query, place } = this.#nestedQuery(field(body, "subquery"));
        return { kind: "inQuery", item, negated: this.#negated(body), query, ...this.#layout.around(item, place) };
      }
      case "Between": {
        const item = this.#expression(field(body, "expr"));
        const low = this.#expression(field(body, "low"));
        const high = this.#expression(field(body, "high"));
        return { kind: "between", item, negated: this.#negated(body), low, high, ...this.#layout.around(item, low, high) };
      }
      case "Like":
      case "ILike": {
        const item = this.#expression(field(body, "expr"));
        const pattern = this.#expression(field(body, "pattern"));
        const place = this.#layout.around(item, pattern);
        // GLOB and MATCH were written as LIKE for the parser.
        const word = this.#wordBetween(item, pattern, "GLOB", "MATCH");
        if (word !== undefined) return negatedWhen(this.#negated(body), { kind: "binary", op: word.toLowerCase(), left: item, right: pattern, ...place });
        const escape = field(body, "escape_char");
        const escaped = typeof escape === "string" ? escape : text(field(field(escape, "value"), "SingleQuotedString") ?? field(escape, "SingleQuotedString"));
        return {
          kind: "like", item, pattern, negated: this.#negated(body), insensitive: found.tag === "ILike", ...place,
          ...(escaped === undefined ? {} : { escape: escaped }),
        };
      }
      case "RLike":
      case "SimilarTo": {
        const left = this.#expression(field(body, "expr"));
        const right = this.#expression(field(body, "pattern"));
        return negatedWhen(this.#negated(body), { kind: "binary", op: found.tag === "RLike" ? "regexp" : "similar to", left, right, ...this.#layout.around(left, right) });
      }
      case "AnyOp":
      case "AllOp": {
        const item = this.#expression(field(body, "left"));
        const right = this.#expression(field(body, "right"));
        return { kind: "quantified", op: operators[text(body, "compare_op") ?? ""] ?? "?", all: found.tag === "AllOp", item, right, ...this.#layout.around(item, right) };
      }
      case "UnaryOp": {
        const item = this.#expression(field(body, "expr"));
        const op = text(body, "op");
        if (op === "Not" || op === "BangNot") return { kind: "not", item, ...this.#layout.head({ start: item.start, end: item.end }, "NOT") };
        const before = this.#layout.tokens[this.#layout.index.indexBefore(item.start)];
        // MySQL's BINARY was written as another operator for the parser.
        if (before?.kind === "word" && before.upper === "BINARY") return { kind: "cast", item, type: "binary", ...this.#layout.around(before, item) };
        return { kind: "unary", op: op === "Minus" ? "-" : op === "Plus" ? "+" : (op ?? ""), item, ...this.#layout.around(before?.kind === "operator" ? before : undefined, item) };
      }
      case "BinaryOp":
        return this.#binary(body);
      case "Cast":
      case "Convert": {
        const item = this.#expression(field(body, "expr"));
        const type = (variant(field(body, "data_type"))?.tag ?? "").toLowerCase();
        return { kind: "cast", item, type, ...this.#callAround(item, "CAST", "CONVERT", "TRY_CAST") };
      }
      case "Collate": {
        const item = this.#expression(field(body, "expr"));
        const path = this.#path(field(body, "collation"));
        return { kind: "collate", item, collation: path[path.length - 1]?.text ?? "", ...this.#layout.around(item, ...path) };
      }
      case "Function":
        return this.#call(body);
      case "Extract":
      case "Ceil":
      case "Floor":
      case "Position":
      case "Substring":
      case "Trim":
      case "Overlay":
      case "AtTimeZone": {
        const args = this.#parts(body);
        const name = found.tag === "AtTimeZone" ? "timezone" : found.tag === "Substring" && this.#sql.slice(Math.max(0, (args[0]?.start ?? 0) - 12), args[0]?.start ?? 0).toLowerCase().includes("substr(") ? "substr" : found.tag.toLowerCase();
        const first = args[0] ?? { kind: "star" as const, ...nowhere };
        return { kind: "call", name, args, windowed: false, extra: [], ...this.#layout.around(this.#callAround(first, "EXTRACT", "CEIL", "CEILING", "FLOOR", "POSITION", "SUBSTRING", "SUBSTR", "MID", "TRIM", "OVERLAY"), ...args) };
      }
      case "Exists": {
        const { query, place } = this.#nestedQuery(field(body, "subquery"));
        const negated = this.#negated(body);
        const exists = this.#layout.head(place, "EXISTS");
        return { kind: "exists", query, negated, ...(negated ? this.#layout.head(exists, "NOT") : exists) };
      }
      case "Subquery": {
        const { query, place } = this.#nestedQuery(body);
        return { kind: "query", query, array: false, ...place };
      }
      case "Tuple": {
        const items = this.#items(list(body));
        return { kind: "row", items, ...this.#layout.around(...items) };
      }
      case "Array": {
        const items = this.#items(list(body, "elem"));
        return { kind: "array", items, ...this.#layout.around(...items) };
      }
      case "Case": {
        const items = this.#parts(body);
        const start = this.#place(field(field(body, "case_token"), "span"));
        const end = this.#place(field(field(body, "end_token"), "span"));
        return { kind: "other", name: "case", items, ...this.#layout.around(start, end) };
      }
      case "Interval": {
        const items = this.#parts(body);
        return { kind: "other", name: "interval", items, ...this.#layout.head(this.#layout.around(...items), "INTERVAL") };
      }
      case "MatchAgainst": {
        const columns = list(body, "columns").map((path) => this.#columnOf(this.#path(path)));
        const value = this.#value(field(body, "match_value"));
        return { kind: "other", name: "match", items: [...columns, value], ...this.#layout.head(this.#layout.around(...columns, value), "MATCH") };
      }
      case "JsonAccess": {
        const item = this.#expression(field(body, "value"));
        return { kind: "json", item, path: ":", args: [], start: item.start, end: item.end };
      }
      case "CompoundFieldAccess": {
        const item = this.#expression(field(body, "root"));
        const args = this.#parts(field(body, "access_chain"));
        return { kind: "json", item, path: "[]", args, ...this.#layout.around(item, ...args) };
      }
      case "Rollup":
      case "Cube":
      case "GroupingSets": {
        const items = this.#parts(body);
        return { kind: "other", name: found.tag.toLowerCase(), items, ...this.#layout.around(...items) };
      }
      case undefined:
        return { kind: "other", name: "nothing", items: [], ...nowhere };
      default: {
        const items = this.#parts(body);
        return { kind: "other", name: found?.tag ?? "other", items, ...this.#layout.around(...items) };
      }
    }
  }

  /** The place of a call written with a keyword, around its first argument. */
  #callAround(item: Place, ...names: readonly string[]): Place {
    let index = this.#layout.index.indexBefore(item.start);
    for (let steps = 0; index >= 0 && steps < 6; index--, steps++) {
      if (names.includes(this.#layout.index.upperAt(index)) && this.#layout.tokens[index + 1]?.text === "(") {
        const close = this.#layout.index.partner(index + 1);
        return this.#layout.place({ from: index, to: close === -1 ? index + 2 : close + 1 });
      }
    }
    return { start: item.start, end: item.end };
  }

  /** One of the words between two places. */
  #wordBetween(left: Place, right: Place, ...words: readonly string[]): string | undefined {
    for (let index = this.#layout.index.indexAt(left.end); index < this.#layout.tokens.length; index++) {
      const token = this.#layout.tokens[index];
      if (token === undefined || token.start >= right.start) return undefined;
      if (token.kind === "word" && words.includes(token.upper)) return token.upper;
    }
    return undefined;
  }

  #value(node: Json | undefined): Expression {
    const place = this.#place(field(node, "span"));
    const found = variant(field(node, "value"));
    switch (found?.tag) {
      case "Number":
        return { kind: "literal", value: numberOf(text(list(found.body)[0]) ?? "0"), ...place };
      case "Boolean":
        return { kind: "literal", value: flag(found.body), ...place };
      case "Null":
        return { kind: "literal", value: null, ...place };
      case "Placeholder":
        return { kind: "parameter", ...place };
      case undefined:
      default:
        return { kind: "literal", value: text(found?.body) ?? text(found?.body, "value") ?? "", ...place };
    }
  }

  #binary(body: Json | undefined): Expression {
    const op = variant(field(body, "op"))?.tag ?? "";
    const leftNode = field(body, "left");
    const rightNode = field(body, "right");
    if ((op === "Arrow" || op === "LongArrow") && looser.has(variant(field(field(rightNode, "BinaryOp"), "op"))?.tag ?? "")) {
      return this.#expression(rotateArrow(op, leftNode, rightNode));
    }
    if (op === "And" || op === "Or") {
      // A long chain is a deep left spine: walked, not recursed into.
      const chain: Json[] = [];
      let current: Json | undefined = { BinaryOp: body ?? null };
      for (;;) {
        const inner: Json | undefined = field(current, "BinaryOp");
        if (inner === undefined || variant(field(inner, "op"))?.tag !== op) break;
        chain.push(field(inner, "right") ?? null);
        current = field(inner, "left");
      }
      const items = [current ?? null, ...chain.reverse()].map((item) => this.#expression(item));
      return { kind: "logical", op: op === "And" ? "and" : "or", items, ...this.#layout.around(...items) };
    }
    const left = this.#expression(leftNode);
    const right = this.#expression(rightNode);
    const place = this.#layout.around(left, right);
    if (op === "Arrow" || op === "LongArrow" || op === "HashArrow" || op === "HashLongArrow") {
      const written = operators[op] ?? op;
      return { kind: "json", item: left, path: written + (right.kind === "literal" ? String(right.value) : "?"), args: [right], ...place };
    }
    if (op === "Eq" || op === "NotEq" || op === "DoubleEq") {
      // IS [NOT] DISTINCT FROM and SQLite's general IS were written as comparisons for the parser.
      if (this.#wordBetween(left, right, "IS") !== undefined) return { kind: "binary", op: op === "NotEq" ? "is distinct" : "is not distinct", left, right, ...place };
    }
    return { kind: "binary", op: operators[op] ?? op.toLowerCase(), left, right, ...place };
  }

  #call(body: Json | undefined): Expression {
    const path = this.#path(field(body, "name"));
    const args = variant(field(body, "args"));
    const items = args?.tag === "List" ? this.#arguments(list(args.body, "args")) : [];
    if (args?.tag === "Subquery" && path[path.length - 1]?.text.toUpperCase() === "ARRAY") {
      const { query, place } = this.#nestedQuery(args.body);
      return { kind: "query", query, array: true, ...this.#layout.around(...path, place) };
    }
    const subquery = args?.tag === "Subquery" ? [this.#expression({ Subquery: args.body })] : [];
    const [name] = path;
    // `ROW(a, b)`, which other dialects read as a row themselves.
    if (path.length === 1 && name?.text.toUpperCase() === "ROW" && !name.quoted && items.length > 1) return { kind: "row", items, ...this.#layout.around(this.#layout.call(name.start), ...items) };
    const over = field(body, "over");
    const extra = [
      ...(args?.tag === "List" ? this.#parts(field(args.body, "clauses")) : []),
      ...(isObject(field(body, "filter")) ? [this.#expression(field(body, "filter"))] : []),
      ...this.#parts(over), ...this.#parts(field(body, "within_group")),
    ];
    return {
      kind: "call", name: path[path.length - 1]?.text ?? "", args: [...items, ...subquery], extra,
      windowed: over !== undefined && over !== null,
      ...this.#layout.around(this.#layout.call(path[0]?.start ?? 0), ...extra),
    };
  }
}

/** RETURNING, or OUTPUT of SQL Server. */
function returns(body: Json | undefined): boolean {
  return list(body, "returning").length > 0 || isObject(field(body, "output"));
}

function negatedWhen(negated: boolean, expression: Expression): Expression {
  return negated ? { kind: "not", item: expression, start: expression.start, end: expression.end } : expression;
}

/** `a -> ('b' = c)` back to `(a -> 'b') = c`. */
function rotateArrow(op: string, left: Json | undefined, right: Json | undefined): Json {
  const inner = field(right, "BinaryOp");
  const innerOp = variant(field(inner, "op"))?.tag ?? "";
  if (inner === undefined || !looser.has(innerOp)) return { BinaryOp: { left: left ?? null, op, right: right ?? null } };
  return { BinaryOp: { left: rotateArrow(op, left, field(inner, "left")), op: innerOp, right: field(inner, "right") ?? null } };
}

function joinType(tag: string, bare: boolean): JoinType {
  switch (tag) {
    case "Left":
    case "LeftOuter":
      return "left";
    case "Right":
    case "RightOuter":
      return "right";
    case "FullOuter":
      return "full";
    case "CrossJoin":
    case "CrossApply":
      return bare ? "cross" : "inner";
    case "OuterApply":
      return "left";
    default:
      return bare ? "cross" : "inner";
  }
}

const expressionTags = new Set([
  "Identifier", "CompoundIdentifier", "CompoundFieldAccess", "JsonAccess", "IsFalse", "IsNotFalse", "IsTrue", "IsNotTrue", "IsNull", "IsNotNull", "IsUnknown", "IsNotUnknown", "IsDistinctFrom", "IsNotDistinctFrom",
  "InList", "InSubquery", "Between", "BinaryOp", "Like", "ILike", "SimilarTo", "RLike", "AnyOp", "AllOp", "UnaryOp", "Cast", "Convert", "AtTimeZone", "Extract", "Ceil", "Floor", "Position", "Substring", "Trim", "Overlay",
  "Collate", "Nested", "Value", "TypedString", "Prefixed", "Function", "Case", "Exists", "Subquery", "Tuple", "Array", "Interval", "MatchAgainst", "Rollup", "Cube", "GroupingSets", "MemberOf",
]);
