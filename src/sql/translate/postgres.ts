/** libpg-query's tree → the neutral tree. Positions in that tree are UTF-8 byte offsets of starts only; tokens give the ends. */
import { field, flag, isObject, list, num, text, variant, type Json } from "../json.js";
import type { Token } from "../scanner.js";
import type { AssignmentTree, CteTree, Expression, FromTree, JoinTree, JoinType, LimitTree, Name, OrderTree, Place, QueryTree, StatementTree, TableTree, WriteTree } from "../tree.js";
import { Layout, type TokenRange } from "./layout.js";

/** Translates a parse result to one tree per statement. */
export function translatePostgres(result: Json, sql: string, tokens: readonly Token[]): readonly StatementTree[] {
  return new Translator(sql, tokens).statements(result);
}

/** UTF-16 offset of every UTF-8 offset; undefined when they are the same. */
function utf8Map(sql: string): Int32Array | undefined {
  if (/^[\u0000-\u007f]*$/u.test(sql)) return undefined;
  const map: number[] = [];
  for (let index = 0; index < sql.length; ) {
    const code = sql.codePointAt(index) ?? 0;
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (let byte = 0; byte < bytes; byte++) map.push(index);
    index += code > 0xffff ? 2 : 1;
  }
  map.push(sql.length);
  return Int32Array.from(map);
}

const nowhere: Place = { start: 0, end: 0 };

class Translator {
  readonly #layout: Layout;
  readonly #map: Int32Array | undefined;
  readonly #sql: string;

  constructor(sql: string, tokens: readonly Token[]) {
    this.#layout = new Layout(tokens);
    this.#map = utf8Map(sql);
    this.#sql = sql;
  }

  statements(result: Json): readonly StatementTree[] {
    return list(result, "stmts").map((raw) => {
      const start = this.#offset(num(raw, "stmt_location") ?? 0);
      const length = num(raw, "stmt_len");
      const end = length === undefined ? this.#sql.length : this.#offset((num(raw, "stmt_location") ?? 0) + length);
      const index = this.#layout.index;
      const range = { from: index.indexAt(start), to: index.indexBefore(end) + 1 };
      return this.#statement(field(raw, "stmt"), range);
    });
  }

  #offset(bytes: number): number {
    return this.#map === undefined ? bytes : (this.#map[Math.min(bytes, this.#map.length - 1)] ?? bytes);
  }

  #location(node: Json | undefined): number {
    const location = num(node, "location") ?? 0;
    return location < 0 ? -1 : this.#offset(location);
  }

  /** The token that begins at a node's location. */
  #tokenPlace(node: Json | undefined): Place {
    const location = this.#location(node);
    if (location < 0) return nowhere;
    const token = this.#layout.tokens[this.#layout.index.indexAt(location)];
    return token === undefined ? nowhere : { start: token.start, end: token.end };
  }

  #statement(node: Json | undefined, range: TokenRange): StatementTree {
    const found = variant(node);
    const body = found?.body;
    const place = this.#layout.place(range);
    switch (found?.tag) {
      case "SelectStmt":
        return this.#query(body, range);
      case "InsertStmt":
        return this.#insert(body, range);
      case "UpdateStmt":
        return this.#update(body, range);
      case "DeleteStmt":
        return this.#delete(body, range);
      case "MergeStmt":
        return this.#merge(body, range);
      case "TruncateStmt":
        return { kind: "truncate", ...place, tables: list(body, "relations").flatMap((item) => this.#rangeVar(variant(item)?.body) ?? []) };
      case "TransactionStmt":
        return { kind: "transaction", ...place };
      case "CreateTableAsStmt": {
        const relation = field(field(body, "into"), "rel");
        const target = this.#rangeVar(relation);
        const open = this.#layout.find(range, "AS");
        const inner = { from: open === -1 ? range.from : open + 1, to: range.to };
        const query = variant(field(body, "query"));
        return {
          kind: "ddl", ...place, ...(target === undefined ? {} : { target }),
          ...(query?.tag === "SelectStmt" && text(body, "objtype") !== "OBJECT_MATVIEW" ? { query: this.#query(query.body, this.#layout.trim(inner)) } : {}),
          temporary: text(relation, "relpersistence") === "t",
        };
      }
      case undefined:
        return { kind: "utility", ...place };
      default: {
        const tag = found?.tag ?? "";
        const isDdl = /^(?:Create|Alter|Drop|Index|View|Rename|Comment|Define|Grant|Reindex|RefreshMatView|Rule|Import|SecLabel)/u.test(tag);
        if (!isDdl) return { kind: "utility", ...place };
        const relation = field(body, "relation") ?? field(body, "view");
        const target = this.#rangeVar(relation);
        return { kind: "ddl", ...place, ...(target === undefined ? {} : { target }), temporary: text(relation, "relpersistence") === "t" };
      }
    }
  }

  /** A table with the place of its name. */
  #rangeVar(node: Json | undefined): TableTree | undefined {
    const name = text(node, "relname");
    if (name === undefined) return undefined;
    const schema = text(node, "schemaname");
    const alias = text(node, "alias") ?? text(field(node, "alias"), "aliasname");
    const parts = 1 + (schema === undefined ? 0 : 1) + (text(node, "catalogname") === undefined ? 0 : 1);
    return {
      ...this.#dotted(this.#location(node), parts),
      name: known(name),
      ...(schema === undefined ? {} : { schema: known(schema) }),
      ...(alias === undefined ? {} : { alias: known(alias) }),
    };
  }

  /** The place of a name of several parts with dots between. */
  #dotted(location: number, parts: number): Place {
    if (location < 0) return nowhere;
    const index = this.#layout.index.indexAt(location);
    const first = this.#layout.tokens[index];
    const last = this.#layout.tokens[index + (parts - 1) * 2] ?? first;
    return first === undefined || last === undefined ? nowhere : { start: first.start, end: last.end };
  }

  #ctes(node: Json | undefined, range: TokenRange): readonly CteTree[] {
    return list(node, "ctes").map((item) => {
      const body = variant(item)?.body;
      const name = text(body, "ctename") ?? "";
      const place = this.#tokenPlace(body);
      let index = this.#layout.index.indexAt(place.start) + 1;
      if (this.#layout.tokens[index]?.text === "(") index = this.#layout.index.partner(index) + 1;
      const open = this.#layout.nextOpen(index, range.to);
      const inner = this.#layout.inside(open, range);
      return { ...place, name: known(name), statement: this.#statement(field(body, "ctequery"), inner) };
    });
  }

  #query(node: Json | undefined, whole: TokenRange): QueryTree {
    const range = this.#layout.trim(whole);
    const place = this.#layout.place(range);
    const operation = text(node, "op") ?? "SETOP_NONE";
    const ctes = this.#ctes(field(node, "withClause"), range);
    const base = {
      kind: "select" as const, ...place, ctes, distinct: false, items: [], from: [], groupBy: [],
      orderBy: this.#order(list(node, "sortClause"), range),
      ...this.#limits(node, range),
      ...this.#locking(node),
    };
    if (operation !== "SETOP_NONE") {
      const isIntersect = operation === "SETOP_INTERSECT";
      const main = this.#mainRange(range);
      const [left, right] = this.#layout.splitSetOperation(main, isIntersect ? ["INTERSECT"] : ["UNION", "EXCEPT"]);
      return { ...base, branches: [...this.#branch(field(node, "larg"), left), ...this.#branch(field(node, "rarg"), right)] };
    }
    const rows = list(node, "valuesLists");
    if (rows.length > 0) {
      return { ...base, values: rows.map((row) => list(field(row, "List"), "items").map((item) => this.#expression(item, range))) };
    }
    const fromAt = this.#layout.find(this.#mainRange(range), "FROM");
    const cursor = { at: fromAt === -1 ? range.from : fromAt + 1 };
    const into = field(node, "intoClause");
    const target = this.#rangeVar(field(into, "rel"));
    const distinct = list(node, "distinctClause");
    return {
      ...base,
      distinct: distinct.length > 0,
      items: list(node, "targetList").map((item) => this.#expression(field(field(item, "ResTarget"), "val"), range)),
      from: this.#fromList(list(node, "fromClause"), range, cursor),
      ...this.#optional("where", field(node, "whereClause"), range),
      groupBy: list(node, "groupClause").map((item) => this.#expression(item, range)),
      ...this.#optional("having", field(node, "havingClause"), range),
      ...(target === undefined ? {} : { into: target, intoTemporary: text(field(into, "rel"), "relpersistence") === "t" }),
    };
  }

  /** A range without its WITH list. */
  #mainRange(range: TokenRange): TokenRange {
    if (this.#layout.index.upperAt(range.from) !== "WITH") return range;
    const main = this.#layout.find(range, "SELECT", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE", "MERGE");
    if (main !== -1) return { from: main, to: range.to };
    // The main query is in parentheses: the last group of the range that opens a query.
    for (let index = range.to - 1; index > range.from; index--) {
      const partner = this.#layout.index.partner(index);
      if (partner === -1 || partner > index) continue;
      if (this.#layout.nextQuery(partner, partner + 1) === partner && this.#layout.index.upperAt(partner - 1) !== "AS" && this.#layout.index.upperAt(partner - 1) !== "MATERIALIZED") return { from: partner, to: range.to };
      index = partner;
    }
    return range;
  }

  /** Flattens a chain of set operations whose inner parts carry no order or limit of their own. */
  #branch(node: Json | undefined, range: TokenRange): readonly QueryTree[] {
    const query = this.#query(node, range);
    const plain = query.branches !== undefined && query.orderBy.length === 0 && query.limit === undefined && query.limitAll === undefined && query.offset === undefined && query.ctes.length === 0;
    return plain ? (query.branches ?? []) : [query];
  }

  #optional<Key extends string>(key: Key, node: Json | undefined, range: TokenRange): { readonly [K in Key]?: Expression } | Record<string, never> {
    if (node === undefined) return {};
    const result: { [K in Key]?: Expression } = {};
    result[key] = this.#expression(node, range);
    return result;
  }

  #limits(node: Json | undefined, range: TokenRange): LimitTree {
    const count = field(node, "limitCount");
    const offset = field(node, "limitOffset");
    const limits: { limit?: Expression; limitAll?: Place; offset?: Expression } = {};
    if (count !== undefined) {
      const constant = field(count, "A_Const");
      if (constant !== undefined && flag(constant, "isnull")) {
        const place = this.#tokenPlace(constant);
        const word = this.#layout.findLast(range, "LIMIT");
        const token = this.#layout.tokens[word + 1];
        limits.limitAll = place.end > place.start && word !== -1 ? place : token !== undefined ? { start: token.start, end: token.end } : place;
      } else if (constant !== undefined && this.#location(constant) < 0) {
        // FETCH FIRST ROW ONLY: the number is the grammar's.
        const word = this.#layout.findLast(range, "FETCH");
        limits.limit = { kind: "literal", value: num(field(constant, "ival"), "ival") ?? 1, ...this.#layout.place({ from: word, to: word + 1 }) };
      } else limits.limit = this.#expression(count, range);
    }
    if (offset !== undefined) limits.offset = this.#expression(offset, range);
    return limits;
  }

  #locking(node: Json | undefined): Pick<QueryTree, "locking"> {
    const clauses = list(node, "lockingClause");
    if (clauses.length === 0) return {};
    return { locking: { skipLocked: clauses.some((item) => text(field(item, "LockingClause"), "waitPolicy") === "LockWaitSkip") } };
  }

  #order(items: readonly Json[], range: TokenRange): readonly OrderTree[] {
    return items.map((item) => {
      const body = field(item, "SortBy");
      const expression = this.#expression(field(body, "node"), range);
      const direction = text(body, "sortby_dir");
      const nulls = text(body, "sortby_nulls");
      return {
        ...this.#layout.tail({ start: expression.start, end: expression.end }, "ASC", "DESC", "NULLS", "FIRST", "LAST"),
        expression,
        descending: direction === "SORTBY_DESC",
        ...(nulls === "SORTBY_NULLS_FIRST" ? { nulls: "first" as const } : nulls === "SORTBY_NULLS_LAST" ? { nulls: "last" as const } : {}),
      };
    });
  }

  #fromList(items: readonly Json[], range: TokenRange, cursor: { at: number }): readonly FromTree[] {
    return items.flatMap((item, position) => {
      const found = this.#fromItem(item, range, cursor);
      const [first, ...rest] = found;
      if (position === 0 || first === undefined) return found;
      return [{ ...first, join: first.join ?? { type: "comma" as const } }, ...rest];
    });
  }

  #fromItem(item: Json | undefined, range: TokenRange, cursor: { at: number }): readonly FromTree[] {
    const found = variant(item);
    const body = found?.body;
    const aliasText = text(field(body, "alias"), "aliasname");
    const alias = aliasText === undefined ? {} : { alias: known(aliasText) };
    const moveTo = (place: Place): void => {
      if (place.end > 0) cursor.at = Math.max(cursor.at, this.#layout.index.indexAt(place.end));
    };
    switch (found?.tag) {
      case "RangeVar": {
        const table = this.#rangeVar(body);
        if (table === undefined) return [];
        moveTo(table);
        return [{ kind: "table", start: table.start, end: table.end, table }];
      }
      case "RangeSubselect": {
        const open = this.#layout.nextQuery(cursor.at, range.to);
        const inner = this.#layout.inside(open, range);
        const query = this.#query(field(field(body, "subquery"), "SelectStmt"), inner);
        cursor.at = Math.max(cursor.at, inner.to + 1);
        if (query.values !== undefined && query.branches === undefined) return [{ kind: "values", start: query.start, end: query.end, ...alias, rows: query.values }];
        return [{ kind: "query", start: query.start, end: query.end, query, lateral: flag(body, "lateral"), ...alias }];
      }
      case "RangeFunction": {
        const call = list(field(list(body, "functions")[0], "List"), "items")[0];
        const expression = this.#expression(call, range);
        moveTo(expression);
        const name = expression.kind === "call" ? expression.name : expression.kind === "other" ? expression.name : "function";
        return [{ kind: "function", start: expression.start, end: expression.end, name, args: [expression], ...alias }];
      }
      case "RangeTableSample":
        return this.#fromItem(field(body, "relation"), range, cursor);
      case "RangeTableFunc":
      case "JsonTable": {
        const place = this.#layout.call(this.#location(body));
        moveTo(place);
        return [{ kind: "function", ...place, name: found.tag === "JsonTable" ? "json_table" : "xmltable", args: this.#parts(body, range), ...alias }];
      }
      case "JoinExpr": {
        const left = this.#fromItem(field(body, "larg"), range, cursor);
        const right = this.#fromItem(field(body, "rarg"), range, cursor);
        const quals = field(body, "quals");
        const on = quals === undefined ? undefined : this.#expression(quals, range);
        if (on !== undefined) moveTo(on);
        const using = list(body, "usingClause").flatMap((name) => text(field(name, "String"), "sval") ?? []);
        const type: JoinType = flag(body, "isNatural") ? "natural" : joinType(text(body, "jointype"), on === undefined && using.length === 0);
        const join: JoinTree = { type, ...(on === undefined ? {} : { on }), ...(using.length > 0 ? { using: using.map(known) } : {}) };
        const [first, ...rest] = right;
        return first === undefined ? left : [...left, { ...first, join }, ...rest];
      }
      case undefined:
      default:
        return [];
    }
  }

  #target(node: Json | undefined): TableTree {
    return this.#rangeVar(field(node, "relation")) ?? { ...nowhere, name: known("") };
  }

  #write(node: Json | undefined, range: TokenRange): Pick<WriteTree, "start" | "end" | "ctes" | "target" | "returning" | "orderBy" | "columns" | "assignments" | "from"> {
    return {
      ...this.#layout.place(range),
      ctes: this.#ctes(field(node, "withClause"), range),
      target: this.#target(node),
      returning: list(node, "returningList").length > 0 || list(field(node, "returningClause"), "exprs").length > 0,
      orderBy: [], columns: [], assignments: [], from: [],
    };
  }

  #where(node: Json | undefined, range: TokenRange): Pick<WriteTree, "where" | "whereCurrent"> {
    const where = field(node, "whereClause");
    if (where === undefined) return {};
    if (field(where, "CurrentOfExpr") !== undefined) return { whereCurrent: true };
    return { where: this.#expression(where, range) };
  }

  #insert(node: Json | undefined, range: TokenRange): WriteTree {
    const main = this.#mainRange(range);
    const action = text(field(node, "onConflictClause"), "action");
    const select = field(field(node, "selectStmt"), "SelectStmt");
    const base = this.#write(node, range);
    const columns = list(node, "cols").map((item): Expression => {
      const body = field(item, "ResTarget");
      return { kind: "column", path: [known(text(body, "name") ?? "")], ...this.#tokenPlace(body) };
    });
    const conflict = action === "ONCONFLICT_UPDATE" ? { conflict: "update" as const } : action === "ONCONFLICT_NOTHING" ? { conflict: "ignore" as const } : {};
    const assignments = this.#assignments(list(field(node, "onConflictClause"), "targetList"), range);
    if (select === undefined) return { ...base, kind: "insert", columns, rows: [[]], assignments, ...conflict };
    const afterTarget = this.#layout.index.indexAt(base.target.end);
    const begin = this.#layout.find({ from: afterTarget, to: main.to }, "SELECT", "WITH", "VALUES", "TABLE");
    const opened = this.#layout.nextQuery(afterTarget, main.to);
    const from = begin === -1 ? (opened === -1 ? main.from : opened) : opened !== -1 && opened < begin && this.#layout.index.upperAt(begin) !== "VALUES" ? opened : begin;
    const stop = this.#layout.find({ from: from + 1, to: main.to }, "CONFLICT", "RETURNING");
    const to = stop === -1 ? main.to : this.#layout.index.upperAt(stop) === "CONFLICT" ? stop - 1 : stop;
    const query = this.#query(select, { from, to });
    const plainValues = query.values !== undefined && query.branches === undefined;
    return {
      ...base, kind: "insert", columns, assignments, ...conflict,
      ...(plainValues ? { rows: query.values ?? [] } : { query }),
    };
  }

  #assignments(items: readonly Json[], range: TokenRange): readonly AssignmentTree[] {
    const found: AssignmentTree[] = [];
    let previous: Expression | undefined;
    for (const item of items) {
      const body = field(item, "ResTarget");
      const column: Expression = { kind: "column", path: [known(text(body, "name") ?? "")], ...this.#tokenPlace(body) };
      const multi = field(field(body, "val"), "MultiAssignRef");
      let value: Expression;
      if (multi === undefined) value = this.#expression(field(body, "val"), range);
      else {
        // SET (a, b) = (…): the source is repeated for every column; only the first one carries its sub-query.
        const first = (num(multi, "colno") ?? 1) === 1;
        const source = field(multi, "source");
        const row = field(field(source, "RowExpr"), "args");
        const element = list(row)[(num(multi, "colno") ?? 1) - 1];
        if (element !== undefined) value = this.#expression(element, range);
        else if (first || previous === undefined) value = this.#expression(source, range);
        else value = { kind: "other", name: "row", items: [], start: previous.start, end: previous.end };
        previous = value;
      }
      found.push({ column, value });
    }
    return found;
  }

  #update(node: Json | undefined, range: TokenRange): WriteTree {
    const main = this.#mainRange(range);
    const fromAt = this.#layout.find(main, "FROM");
    return {
      ...this.#write(node, range), kind: "update",
      assignments: this.#assignments(list(node, "targetList"), range),
      from: this.#fromList(list(node, "fromClause"), range, { at: fromAt === -1 ? main.from : fromAt + 1 }),
      ...this.#where(node, range),
    };
  }

  #delete(node: Json | undefined, range: TokenRange): WriteTree {
    const main = this.#mainRange(range);
    const usingAt = this.#layout.find(main, "USING");
    return {
      ...this.#write(node, range), kind: "delete",
      from: this.#fromList(list(node, "usingClause"), range, { at: usingAt === -1 ? main.from : usingAt + 1 }),
      ...this.#where(node, range),
    };
  }

  #merge(node: Json | undefined, range: TokenRange): WriteTree {
    const main = this.#mainRange(range);
    const usingAt = this.#layout.find(main, "USING");
    const source = this.#fromItem(field(node, "sourceRelation"), range, { at: usingAt === -1 ? main.from : usingAt + 1 });
    const on = this.#expression(field(node, "joinCondition"), range);
    const [first, ...rest] = source;
    const assignments = list(node, "mergeWhenClauses").flatMap((item) => {
      const body = field(item, "MergeWhenClause");
      return text(body, "commandType") === "CMD_UPDATE" ? this.#assignments(list(body, "targetList"), range) : [];
    });
    return {
      ...this.#write(node, range), kind: "merge", assignments,
      from: first === undefined ? [] : [{ ...first, join: { type: "inner", on } }, ...rest],
    };
  }

  /** Every expression found below a node that is read without being modelled. */
  #parts(node: Json | undefined, range: TokenRange): readonly Expression[] {
    if (Array.isArray(node)) return list(node).flatMap((item) => this.#parts(item, range));
    if (!isObject(node)) return [];
    const found = variant(node);
    if (found !== undefined && expressionTags.has(found.tag) && Object.keys(node).length === 1) return [this.#expression(node, range)];
    return Object.values(node).flatMap((item) => this.#parts(item, range));
  }

  #items(items: readonly Json[], range: TokenRange): readonly Expression[] {
    return items.map((item) => this.#expression(item, range));
  }

  /** A query in parentheses, the first that opens at or after an offset. */
  #subquery(node: Json | undefined, offset: number, range: TokenRange): { readonly query: QueryTree; readonly close: Place } {
    const start = this.#layout.index.indexAt(Math.max(0, offset));
    const open = this.#layout.nextQuery(start, this.#layout.tokens.length);
    const inner = this.#layout.inside(open, range);
    const query = this.#query(field(node, "SelectStmt"), inner);
    return { query, close: open === -1 ? query : this.#layout.place({ from: open, to: inner.to + 1 }) };
  }

  #other(name: string, body: Json | undefined, range: TokenRange): Expression {
    const items = this.#parts(body, range);
    return { kind: "other", name, items, ...this.#layout.around(this.#tokenPlace(body), ...items) };
  }

  #expression(node: Json | undefined, range: TokenRange): Expression {
    const found = variant(node);
    const body = found?.body;
    switch (found?.tag) {
      case "ColumnRef": {
        const fields = list(body, "fields");
        const place = this.#dotted(this.#location(body), fields.length);
        if (fields.some((item) => field(item, "A_Star") !== undefined)) return { kind: "star", ...place };
        return { kind: "column", path: fields.flatMap((item) => text(field(item, "String"), "sval") ?? []).map(known), ...place };
      }
      case "ParamRef":
        return { kind: "parameter", ...this.#tokenPlace(body) };
      case "A_Const":
        return { kind: "literal", value: constantOf(body), ...(field(body, "fval") !== undefined && isFraction(text(field(body, "fval"), "fval") ?? "") ? { fraction: true } : {}), ...this.#constantPlace(body) };
      case "BoolExpr": {
        const args = this.#items(list(body, "args"), range);
        const operator = text(body, "boolop");
        const first = args[0];
        if (operator === "NOT_EXPR" && first !== undefined) {
          return { kind: "not", item: first, ...this.#layout.around(this.#notPlace(body, first), first) };
        }
        return { kind: "logical", op: operator === "OR_EXPR" ? "or" : "and", items: args, ...this.#layout.around(...args) };
      }
      case "A_Expr":
        return this.#operator(body, range);
      case "NullTest": {
        const item = this.#expression(field(body, "arg"), range);
        const negated = text(body, "nulltesttype") === "IS_NOT_NULL";
        return { kind: "isNull", item, negated, ...this.#layout.tail(item, "IS", "NOT", "NULL", "ISNULL", "NOTNULL") };
      }
      case "BooleanTest": {
        const item = this.#expression(field(body, "arg"), range);
        const type = text(body, "booltesttype") ?? "";
        const value = type.endsWith("TRUE") ? true : type.endsWith("FALSE") ? false : ("unknown" as const);
        return { kind: "isBoolean", item, value, negated: type.startsWith("IS_NOT"), ...this.#layout.tail(item, "IS", "NOT", "TRUE", "FALSE", "UNKNOWN") };
      }
      case "TypeCast": {
        const item = this.#expression(field(body, "arg"), range);
        const type = typeName(field(body, "typeName"));
        const typePlace = this.#typePlace(field(body, "typeName"));
        return { kind: "cast", item, type, ...this.#layout.around(item, typePlace, this.#castPlace(body)) };
      }
      case "CollateClause": {
        const item = this.#expression(field(body, "arg"), range);
        const names = list(body, "collname").flatMap((name) => text(field(name, "String"), "sval") ?? []);
        const word = this.#tokenPlace(body);
        const next = this.#layout.tokens[this.#layout.index.indexAt(word.end) + (names.length - 1) * 2];
        return { kind: "collate", item, collation: names[names.length - 1] ?? "", ...this.#layout.around(item, word, next) };
      }
      case "FuncCall": {
        const names = list(body, "funcname").flatMap((name) => text(field(name, "String"), "sval") ?? []);
        const args = flag(body, "agg_star") ? [] : this.#items(list(body, "args"), range);
        const extra = [...this.#parts(field(body, "agg_filter"), range), ...this.#parts(field(body, "agg_order"), range), ...this.#parts(field(body, "over"), range)];
        const form = text(body, "funcformat");
        // `a AT TIME ZONE b`, `EXTRACT(x FROM y)`: written without the function's name, the location is inside.
        const place = form === "COERCE_SQL_SYNTAX" ? this.#layout.around(this.#layout.call(this.#location(body)), ...args) : this.#layout.around(this.#layout.call(this.#location(body)), ...extra);
        return { kind: "call", name: names[names.length - 1] ?? "", args, extra, windowed: field(body, "over") !== undefined, ...place };
      }
      case "NamedArgExpr":
        return this.#expression(field(body, "arg"), range);
      case "CoalesceExpr":
      case "MinMaxExpr": {
        const args = this.#items(list(body, "args"), range);
        const name = found.tag === "CoalesceExpr" ? "coalesce" : text(body, "op") === "IS_LEAST" ? "least" : "greatest";
        return { kind: "call", name, args, extra: [], windowed: false, ...this.#layout.call(this.#location(body)) };
      }
      case "SQLValueFunction": {
        const name = (text(body, "op") ?? "").replace(/^SVFOP_/u, "").replace(/_N$/u, "").toLowerCase();
        return { kind: "call", name, args: [], extra: [], windowed: false, ...this.#layout.call(this.#location(body)) };
      }
      case "SubLink":
        return this.#sublink(body, range);
      case "RowExpr": {
        const items = this.#items(list(body, "args"), range);
        return { kind: "row", items, ...this.#layout.around(this.#tokenPlace(body), ...items) };
      }
      case "A_ArrayExpr": {
        const items = this.#items(list(body, "elements"), range);
        const word = this.#tokenPlace(body);
        const bracket = this.#layout.tokens[this.#layout.index.indexAt(word.end)];
        return { kind: "array", items, ...this.#layout.around(word, bracket?.text === "[" ? bracket : undefined, ...items) };
      }
      case "A_Indirection": {
        const item = this.#expression(field(body, "arg"), range);
        const subscripts = list(body, "indirection");
        const args = subscripts.flatMap((step) => this.#parts(step, range));
        const star = subscripts.some((step) => field(step, "A_Star") !== undefined);
        const path = subscripts.map((step) => text(field(step, "String"), "sval") ?? "[]").join(".");
        if (star) return { kind: "other", name: "row", items: [item], start: item.start, end: item.end };
        return { kind: "json", item, path, args, ...this.#layout.around(item, ...args) };
      }
      case "CaseExpr": {
        const items = this.#parts(body, range);
        const word = this.#tokenPlace(body);
        const place = this.#layout.around(word, ...items);
        return { kind: "other", name: "case", items, ...this.#layout.tail(place, "END") };
      }
      case "List": {
        const items = this.#items(list(body, "items"), range);
        return { kind: "row", items, ...this.#layout.around(...items) };
      }
      case "SetToDefault":
        return { kind: "other", name: "default", items: [], ...this.#tokenPlace(body) };
      case undefined:
        return { kind: "other", name: "nothing", items: [], ...nowhere };
      default:
        return this.#other(found?.tag ?? "other", body, range);
    }
  }

  /** Place of a constant: its token, with the sign the grammar folded in. */
  #constantPlace(node: Json | undefined): Place {
    const place = this.#tokenPlace(node);
    const token = this.#layout.tokens[this.#layout.index.indexAt(place.start)];
    if (token?.text !== "-" && token?.text !== "+") return place;
    const next = this.#layout.tokens[this.#layout.index.indexAt(place.end)];
    return next === undefined ? place : { start: place.start, end: next.end };
  }

  #notPlace(node: Json | undefined, item: Expression): Place {
    const word = this.#tokenPlace(node);
    // `a NOT IN (…)` puts the location at NOT inside the item.
    return word.start < item.start ? word : item;
  }

  #typePlace(node: Json | undefined): Place | undefined {
    const location = num(node, "location");
    if (location === undefined || location < 0) return undefined;
    let index = this.#layout.index.indexAt(this.#offset(location));
    const first = this.#layout.tokens[index];
    if (first === undefined) return undefined;
    let end = first.end;
    while (this.#layout.tokens[index + 1]?.text === ".") {
      index += 2;
      end = this.#layout.tokens[index]?.end ?? end;
    }
    for (const words of typeContinuations[first.upper] ?? []) {
      if (words.every((word, step) => this.#layout.index.upperAt(index + 1 + step) === word)) {
        index += words.length;
        end = this.#layout.tokens[index]?.end ?? end;
        break;
      }
    }
    for (let next = this.#layout.tokens[index + 1]; next !== undefined && (next.text === "(" || next.text === "["); next = this.#layout.tokens[index + 1]) {
      const close = this.#layout.index.partner(index + 1);
      if (close === -1) break;
      index = close;
      end = this.#layout.tokens[close]?.end ?? end;
      if (/^TIME/u.test(first.upper) && ["WITH", "WITHOUT"].includes(this.#layout.index.upperAt(index + 1)) && this.#layout.index.upperAt(index + 2) === "TIME") {
        index += 3;
        end = this.#layout.tokens[index]?.end ?? end;
      }
    }
    return { start: first.start, end };
  }

  #castPlace(node: Json | undefined): Place | undefined {
    const place = this.#tokenPlace(node);
    const token = this.#layout.tokens[this.#layout.index.indexAt(place.start)];
    if (token?.upper !== "CAST") return undefined;
    return this.#layout.call(place.start);
  }

  #sublink(body: Json | undefined, range: TokenRange): Expression {
    const type = text(body, "subLinkType");
    const location = this.#location(body);
    const { query, close } = this.#subquery(field(body, "subselect"), location, range);
    const test = field(body, "testexpr");
    const item = test === undefined ? undefined : this.#expression(test, range);
    switch (type) {
      case "EXISTS_SUBLINK":
        return { kind: "exists", query, negated: false, ...this.#layout.around(this.#tokenPlace(body), close) };
      case "ANY_SUBLINK":
      case "ALL_SUBLINK": {
        const operator = text(field(list(body, "operName")[0], "String"), "sval");
        const place = this.#layout.around(item, close);
        if (item === undefined) break;
        if (operator === undefined) return { kind: "inQuery", item, negated: false, query, ...place };
        return { kind: "quantified", op: operator, all: type === "ALL_SUBLINK", item, right: { kind: "query", query, array: false, start: close.start, end: close.end }, ...place };
      }
      case "ARRAY_SUBLINK":
        return { kind: "query", query, array: true, ...this.#layout.around(this.#tokenPlace(body), close) };
      case undefined:
      default:
        break;
    }
    return { kind: "query", query, array: false, start: close.start, end: close.end };
  }

  #operator(body: Json | undefined, range: TokenRange): Expression {
    const kind = text(body, "kind");
    const names = list(body, "name").flatMap((name) => text(field(name, "String"), "sval") ?? []);
    const op = names[names.length - 1] ?? "";
    const leftNode = field(body, "lexpr");
    const rightNode = field(body, "rexpr");
    if (leftNode === undefined) {
      const item = this.#expression(rightNode, range);
      return { kind: "unary", op, item, ...this.#layout.around(this.#tokenPlace(body), item) };
    }
    const left = this.#expression(leftNode, range);
    const listed = list(field(rightNode, "List"), "items");
    switch (kind) {
      case "AEXPR_IN": {
        const items = this.#items(listed, range);
        const open = this.#layout.nextOpen(this.#layout.index.indexAt(this.#location(body)), this.#layout.tokens.length);
        return { kind: "inList", item: left, negated: op === "<>", list: items, ...this.#layout.around(left, this.#layout.tokens[open], ...items) };
      }
      case "AEXPR_BETWEEN":
      case "AEXPR_NOT_BETWEEN":
      case "AEXPR_BETWEEN_SYM":
      case "AEXPR_NOT_BETWEEN_SYM": {
        const low = this.#expression(listed[0], range);
        const high = this.#expression(listed[1], range);
        const place = this.#layout.around(left, low, high);
        if (kind.endsWith("_SYM")) {
          // The grammar's own meaning of it: between the two in either order.
          const either = [[low, high], [high, low]].map(([from, to]): Expression => ({ kind: "between", item: left, negated: false, low: from ?? low, high: to ?? high, ...place }));
          return negatedWhen(kind === "AEXPR_NOT_BETWEEN_SYM", { kind: "logical", op: "or", items: either, ...place });
        }
        return { kind: "between", item: left, negated: kind === "AEXPR_NOT_BETWEEN", low, high, ...place };
      }
      default:
        break;
    }
    const right = this.#expression(rightNode, range);
    const place = this.#layout.around(left, right);
    switch (kind) {
      case "AEXPR_OP_ANY":
      case "AEXPR_OP_ALL": {
        // The closing parenthesis of ANY ( … ) is not part of the array.
        const open = this.#layout.nextOpen(this.#layout.index.indexAt(this.#location(body)), this.#layout.tokens.length);
        return { kind: "quantified", op, all: kind === "AEXPR_OP_ALL", item: left, right, ...this.#layout.around(left, this.#layout.tokens[open], right) };
      }
      case "AEXPR_LIKE":
      case "AEXPR_ILIKE": {
        const escaped = right.kind === "call" && right.name === "like_escape" ? right : undefined;
        const pattern = escaped?.args[0] ?? right;
        const escape = escaped?.args[1];
        return {
          kind: "like", item: left, pattern, negated: op.startsWith("!"), insensitive: kind === "AEXPR_ILIKE",
          ...(escape?.kind === "literal" && typeof escape.value === "string" ? { escape: escape.value } : {}),
          ...this.#layout.around(left, pattern, escape),
        };
      }
      case "AEXPR_DISTINCT":
        return { kind: "binary", op: "is distinct", left, right, ...place };
      case "AEXPR_NOT_DISTINCT":
        return { kind: "binary", op: "is not distinct", left, right, ...place };
      case "AEXPR_NULLIF":
        return { kind: "call", name: "nullif", args: [left, right], windowed: false, extra: [], ...this.#layout.call(this.#location(body)) };
      case "AEXPR_SIMILAR":
        // The grammar wraps the pattern in a call.
        return negatedWhen(op.startsWith("!"), { kind: "binary", op: "similar to", left, right: right.kind === "call" && right.args[0] !== undefined ? right.args[0] : right, ...place });
      case undefined:
      default:
        break;
    }
    if (op === "~~" || op === "!~~" || op === "~~*" || op === "!~~*") {
      return { kind: "like", item: left, pattern: right, negated: op.startsWith("!"), insensitive: op.endsWith("*"), ...place };
    }
    if (op === "->" || op === "->>" || op === "#>" || op === "#>>") {
      return { kind: "json", item: left, path: op + (right.kind === "literal" ? String(right.value) : "?"), args: [right], ...place };
    }
    return { kind: "binary", op: op === "!=" ? "<>" : op, left, right, ...place };
  }
}

function negatedWhen(negated: boolean, expression: Expression): Expression {
  return negated ? { kind: "not", item: expression, start: expression.start, end: expression.end } : expression;
}

const expressionTags = new Set([
  "ColumnRef", "ParamRef", "A_Const", "BoolExpr", "A_Expr", "NullTest", "BooleanTest", "TypeCast", "CollateClause", "FuncCall", "CoalesceExpr", "MinMaxExpr",
  "SQLValueFunction", "SubLink", "RowExpr", "A_ArrayExpr", "A_Indirection", "CaseExpr", "NamedArgExpr", "GroupingFunc", "XmlExpr", "JsonFuncExpr",
]);

const typeContinuations: Readonly<Record<string, readonly (readonly string[])[]>> = {
  DOUBLE: [["PRECISION"]],
  CHARACTER: [["VARYING"]],
  BIT: [["VARYING"]],
  TIMESTAMP: [["WITH", "TIME", "ZONE"], ["WITHOUT", "TIME", "ZONE"]],
  TIME: [["WITH", "TIME", "ZONE"], ["WITHOUT", "TIME", "ZONE"]],
};

/** libpg-query's names are folded already. */
function known(name: string): Name {
  return { text: name, quoted: true };
}

function constantOf(node: Json | undefined): string | number | boolean | bigint | null {
  if (flag(node, "isnull")) return null;
  const string = field(node, "sval");
  if (string !== undefined) return text(string, "sval") ?? "";
  const integer = field(node, "ival");
  if (integer !== undefined) return num(integer, "ival") ?? 0;
  const boolean = field(node, "boolval");
  if (boolean !== undefined) return flag(boolean, "boolval");
  const float = text(field(node, "fval"), "fval");
  if (float !== undefined) return numberOf(float);
  return text(field(node, "bsval"), "bsval") ?? "";
}

/** PostgreSQL takes a number with a point or an exponent for `numeric`, and a whole one beyond 64 bits. */
function isFraction(written: string): boolean {
  return /[.e]/iu.test(written) || written.replace(/^[+-]/u, "").length > 19;
}

/** A number as written; whole numbers that a double cannot hold become a bigint. */
export function numberOf(written: string): number | bigint {
  const value = Number(written);
  if (/^[+-]?\d+$/u.test(written) && !Number.isSafeInteger(value)) return BigInt(written.replace("+", ""));
  return value;
}

function typeName(node: Json | undefined): string {
  const names = list(node, "names").flatMap((name) => text(field(name, "String"), "sval") ?? []);
  const base = (names[0] === "pg_catalog" ? names.slice(1) : names).join(".");
  const modifiers = list(node, "typmods").flatMap((item) => num(field(field(item, "A_Const"), "ival"), "ival") ?? []);
  // `char` alone is read as `bpchar` of length 1.
  return base + (modifiers.length > 0 && base !== "interval" ? `(${modifiers.join(", ")})` : "") + (list(node, "arrayBounds").length > 0 ? "[]" : "");
}

function joinType(type: string | undefined, bare: boolean): JoinType {
  switch (type) {
    case "JOIN_LEFT":
      return "left";
    case "JOIN_RIGHT":
      return "right";
    case "JOIN_FULL":
      return "full";
    case undefined:
    default:
      return bare ? "cross" : "inner";
  }
}

