/**
 * node-sql-parser's tree → the neutral tree. That tree has hardly any positions, so names and values are looked up in
 * the tokens in the order of the text, and it groups AND and OR wrongly, so their chains are grouped anew. What is not
 * surely understood is rejected: this is the second reader, and a wrong reading is worse than none.
 */
import { field, isObject, list, num, text, type Json } from "../json.js";
import { SyntaxRejected } from "../parsers/resolve.js";
import type { Dialect } from "../../query/model.js";
import { nameOf, stringOf, type Token } from "../scanner.js";
import type { AssignmentTree, CteTree, Expression, FromTree, JoinType, LimitTree, Name, OrderTree, Place, QueryTree, StatementTree, TableTree, WriteTree } from "../tree.js";
import { Layout, type TokenRange } from "./layout.js";
import { numberOf } from "./postgres.js";
import { splitTarget } from "./target.js";

export function translateNodesql(result: Json, tokens: readonly Token[], dialect: Dialect): readonly StatementTree[] {
  return new Translator(tokens, dialect).statements(result);
}

const nowhere: Place = { start: 0, end: 0 };

function present(value: Json | undefined): value is Json {
  return value !== undefined && value !== null;
}

class Translator {
  readonly #layout: Layout;
  /** Index of the token from which the next name or value is looked for. */
  #at = 0;

  readonly #dialect: Dialect;

  constructor(tokens: readonly Token[], dialect: Dialect) {
    this.#dialect = dialect;
    this.#layout = new Layout(tokens);
  }

  statements(result: Json): readonly StatementTree[] {
    const items = Array.isArray(result) ? list(result) : [result];
    const segments = this.#layout.segments();
    if (segments.length !== items.length) throw new SyntaxRejected("the statements cannot be told apart");
    return items.map((item, index) => {
      const range = segments[index] ?? { from: 0, to: 0 };
      this.#at = range.from;
      return this.#statement(item, range);
    });
  }

  #reject(what: string): never {
    throw new SyntaxRejected(`${what} is not read`);
  }

  /** The next token that satisfies a test; the search goes on behind it. */
  #seek(test: (token: Token) => boolean): Place {
    for (let index = this.#at; index < this.#layout.tokens.length; index++) {
      const token = this.#layout.tokens[index];
      if (token === undefined || !test(token)) continue;
      this.#at = index + 1;
      return { start: token.start, end: token.end };
    }
    return nowhere;
  }

  #seekName(written: string): Name & Place {
    const name = written.split("``").join("`");
    let quoted = false;
    const place = this.#seek((token) => {
      const found = (token.kind === "word" || token.kind === "quoted") && nameOf(token).toLowerCase() === name.toLowerCase();
      if (found) quoted = token.kind === "quoted";
      return found;
    });
    return { text: name, quoted, ...place };
  }

  #statement(node: Json | undefined, range: TokenRange): StatementTree {
    const place = this.#layout.place(range);
    const type = text(node, "type");
    switch (type) {
      case "select":
        return this.#query(node, range);
      case "insert":
      case "replace":
        return this.#insert(node, range);
      case "update":
        return this.#update(node, range);
      case "delete":
        return this.#delete(node, range);
      case "truncate":
        return { kind: "truncate", ...place, tables: list(node, "name").map((item) => this.#table(item)) };
      case "transaction":
        return { kind: "transaction", ...place };
      case "create":
      case "alter":
      case "drop": {
        if (present(field(node, "query_expr")) || text(node, "keyword") === "view") return this.#reject("a query in DDL");
        const first = list(node, "table")[0] ?? field(node, "table");
        const target = text(first, "table") === undefined ? undefined : this.#table(first);
        return { kind: "ddl", ...place, ...(target === undefined ? {} : { target }), temporary: text(node, "temporary") !== undefined };
      }
      case "show":
      case "use":
      case "desc":
      case "explain":
      case "set":
      case "lock":
      case "unlock":
      case "call":
      case "analyze":
      case "pragma":
        return { kind: "utility", ...place };
      case undefined:
      default:
        return this.#reject(type ?? "the statement");
    }
  }

  #table(node: Json | undefined): TableTree {
    const table = text(node, "table");
    if (table === undefined) return this.#reject("a table");
    const schemaName = text(node, "schema") ?? text(node, "db");
    const schema = schemaName === undefined ? undefined : this.#seekName(schemaName);
    const name = this.#seekName(table);
    // In MySQL a name in double quotes is a string, and a string is no table.
    if (name.end === 0 && (this.#dialect === "mysql" || this.#dialect === "mariadb")) return this.#reject("a table");
    const alias = text(node, "as");
    return {
      ...this.#layout.around(schema, name), name,
      ...(schema === undefined ? {} : { schema }),
      ...(alias === undefined ? {} : { alias: this.#alias(alias) }),
    };
  }

  #alias(alias: string): Name {
    // `f() AS v(id, name)` comes as one string.
    const open = alias.indexOf("(");
    return this.#seekName(open === -1 ? alias : alias.slice(0, open));
  }

  #ctes(node: Json | undefined, range: TokenRange): readonly CteTree[] {
    return list(node, "with").map((item) => {
      const name = this.#seekName(text(field(item, "name"), "value") ?? "");
      const open = this.#layout.nextQuery(this.#at, range.to);
      const inner = this.#layout.inside(open, range);
      const statement = field(field(item, "stmt"), "ast") ?? field(item, "stmt");
      const tree = this.#statement(statement, inner);
      this.#at = Math.max(this.#at, inner.to);
      return { start: name.start, end: name.end, name, statement: tree };
    });
  }

  /** A query in parentheses: the next that opens. */
  #subquery(node: Json | undefined): { readonly query: QueryTree; readonly place: Place } {
    const ast = field(node, "ast") ?? node;
    if (text(ast, "type") !== "select") return this.#reject("a sub-query");
    const whole = { from: 0, to: this.#layout.tokens.length };
    const open = this.#layout.nextQuery(this.#at, whole.to);
    const inner = this.#layout.inside(open, whole);
    this.#at = Math.max(this.#at, open + 1);
    const query = this.#query(ast, inner);
    this.#at = Math.max(this.#at, inner.to);
    return { query, place: this.#layout.place({ from: inner.from - 1, to: inner.to + 1 }) };
  }

  #query(node: Json | undefined, whole: TokenRange): QueryTree {
    const range = this.#layout.trim(whole);
    const ctes = this.#ctes(node, range);
    if (!present(field(node, "_next"))) return { ...this.#select(node, range), ctes };
    // A chain of set operations hangs on the first branch; order and limit sit on the last one, or with underscores on the first.
    const branches: QueryTree[] = [];
    let current: Json | undefined = node;
    let rest = range;
    let orderBy: readonly OrderTree[] = [];
    let limits: LimitTree = {};
    while (present(current)) {
      const next: Json | undefined = field(current, "_next");
      const split = present(next) ? this.#layout.find(rest, "UNION", "INTERSECT", "EXCEPT", "MINUS") : -1;
      const part = split === -1 ? rest : { from: rest.from, to: split };
      const parenthesised = this.#layout.tokens[part.from]?.text === "(";
      if (parenthesised && this.#layout.find(this.#layout.inside(part.from, part), "UNION", "INTERSECT", "EXCEPT") !== -1) return this.#reject("a nested set operation");
      const branch = this.#select(current, this.#layout.trim(part));
      if (!present(next) && !parenthesised) {
        orderBy = branch.orderBy;
        limits = pickLimits(branch);
        const { limit: _limit, offset: _offset, limitAll: _all, ...plain } = branch;
        branches.push({ ...plain, orderBy: [] });
      } else branches.push(branch);
      if (present(next) && !/^(?:union|intersect|except|minus)/iu.test(text(current, "set_op") ?? "")) return this.#reject("a set operation");
      let from = split + 1;
      while (["ALL", "DISTINCT"].includes(this.#layout.index.upperAt(from))) from++;
      rest = { from, to: range.to };
      current = next;
    }
    if (present(field(node, "_orderby"))) orderBy = this.#order(list(node, "_orderby"));
    if (present(field(node, "_limit"))) limits = this.#limits(field(node, "_limit"));
    return { kind: "select", ...this.#layout.place(range), ctes, distinct: false, items: [], from: [], groupBy: [], orderBy, ...limits, branches };
  }

  #select(node: Json | undefined, range: TokenRange): QueryTree {
    if (text(node, "type") !== "select") return this.#reject(text(node, "type") ?? "a query");
    if (present(field(node, "qualify"))) return this.#reject("QUALIFY");
    this.#at = Math.max(this.#at, range.from);
    const columns = field(node, "columns");
    const items = columns === "*" ? [{ kind: "star" as const, ...nowhere }] : list(columns).map((item) => this.#expression(field(item, "expr") ?? item));
    const from = this.#fromList(field(node, "from"), range);
    const where = field(node, "where");
    const whereTree = present(where) ? this.#expression(where) : undefined;
    const group = field(node, "groupby");
    const groupBy = (Array.isArray(group) ? list(group) : list(group, "columns")).map((item) => this.#expression(item));
    const having = field(node, "having");
    const havingTree = present(having) ? this.#expression(having) : undefined;
    const top = num(field(node, "top"), "value");
    const distinct = field(node, "distinct");
    const locking = text(node, "locking_read") ?? text(node, "for");
    return {
      kind: "select", ...this.#layout.place(range), ctes: [],
      distinct: distinct === "DISTINCT" || text(distinct, "type") === "DISTINCT",
      items, from,
      ...(whereTree === undefined ? {} : { where: whereTree }),
      groupBy,
      ...(havingTree === undefined ? {} : { having: havingTree }),
      orderBy: this.#order(list(node, "orderby")),
      ...this.#limits(field(node, "limit")),
      ...(top === undefined ? {} : { limit: { kind: "literal" as const, value: top, ...nowhere } }),
      ...(locking === undefined ? {} : { locking: { skipLocked: /skip\s+locked/iu.test(locking) } }),
    };
  }

  #limits(node: Json | undefined): LimitTree {
    if (!isObject(node)) return {};
    const fetch = field(node, "fetch");
    const offset = field(node, "offset");
    if (present(fetch) || present(offset)) {
      return {
        ...(present(offset) ? { offset: this.#expression(field(offset, "value")) } : {}),
        ...(present(fetch) ? { limit: this.#expression(field(fetch, "value")) } : {}),
      };
    }
    const values = list(node, "value").map((item) => this.#expression(item));
    const [first, second] = values;
    if (first === undefined) return {};
    switch (text(node, "seperator")) {
      case ",":
        return second === undefined ? { limit: first } : { offset: first, limit: second };
      case "offset":
        // OFFSET alone looks like a limit.
        return second === undefined ? { offset: first } : { limit: first, offset: second };
      default:
        return { limit: first };
    }
  }

  #order(items: readonly Json[]): readonly OrderTree[] {
    return items.map((item) => {
      if (present(field(item, "collate")) || present(field(field(item, "expr"), "collate")) || present(field(field(item, "expr"), "suffix"))) return this.#reject("COLLATE");
      const expression = this.#expression(field(item, "expr"));
      const nulls = text(item, "nulls")?.toLowerCase();
      return {
        ...this.#layout.tail({ start: expression.start, end: expression.end }, "ASC", "DESC"),
        expression, descending: text(item, "type") === "DESC",
        ...(nulls?.includes("first") === true ? { nulls: "first" as const } : nulls?.includes("last") === true ? { nulls: "last" as const } : {}),
      };
    });
  }

  #fromList(node: Json | undefined, range: TokenRange): readonly FromTree[] {
    if (!present(node)) return [];
    if (!Array.isArray(node)) return this.#reject("FROM");
    const found: FromTree[] = [];
    for (const item of list(node)) {
      const items = this.#fromItem(item, range);
      const join = text(item, "join");
      // A set operation with a query in parentheses comes as a join.
      if (join !== undefined && !/JOIN|APPLY/iu.test(join)) return this.#reject(join);
      const on = field(item, "on");
      const onTree = present(on) ? this.#expression(on) : undefined;
      const using = list(item, "using").flatMap((name) => text(name) ?? text(name, "value") ?? []);
      const usingNames = using.map((name): Name => this.#seekName(name));
      const [first, ...rest] = items;
      if (first === undefined) continue;
      if (found.length === 0 && join === undefined) {
        found.push(first, ...rest);
        continue;
      }
      // `a CROSS JOIN b` and `a NATURAL JOIN b` come as the alias CROSS or NATURAL of the table before.
      const previous = found[found.length - 1];
      let type = join === undefined ? ("comma" as const) : joinType(join, onTree === undefined && using.length === 0);
      const alias = previous?.kind === "table" ? previous.table.alias?.text.toUpperCase() : undefined;
      if (previous?.kind === "table" && (alias === "CROSS" || alias === "NATURAL") && onTree === undefined) {
        const { alias: _alias, ...table } = previous.table;
        found[found.length - 1] = { ...previous, table };
        type = alias === "CROSS" ? "cross" : "natural";
      }
      found.push({ ...first, join: { type, ...(onTree === undefined ? {} : { on: onTree }), ...(usingNames.length > 0 ? { using: usingNames } : {}) } }, ...rest);
    }
    return found;
  }

  #fromItem(item: Json, range: TokenRange): readonly FromTree[] {
    if (text(item, "type") === "dual") return [];
    if (typeof text(item, "table") === "string") {
      const table = this.#table(item);
      if (table.name.text.toUpperCase() === "ONLY") return this.#reject("ONLY");
      return [{ kind: "table", start: table.start, end: table.end, table }];
    }
    const expression = field(item, "expr");
    const alias = text(item, "as");
    const type = text(expression, "type");
    if (isObject(expression) && (present(field(expression, "ast")) || type === "select")) {
      const { query } = this.#subquery(expression);
      const named = alias === undefined ? {} : { alias: this.#alias(alias) };
      return [{ kind: "query", start: query.start, end: query.end, query, lateral: /lateral|apply/iu.test(`${text(item, "prefix") ?? ""}${text(item, "join") ?? ""}`), ...named }];
    }
    if (type === "tables") return this.#fromList(field(expression, "value") ?? field(expression, "tables"), range);
    if (type === "values") return [{ kind: "values", ...nowhere, rows: [] }];
    if (type === "function" || text(item, "type") === "unnest") {
      const call = this.#expression(isObject(expression) && type === "function" ? expression : item);
      const named = alias === undefined ? {} : { alias: this.#alias(alias) };
      return [{ kind: "function", start: call.start, end: call.end, name: call.kind === "call" ? call.name : "unnest", args: [call], ...named }];
    }
    return this.#reject("an item of FROM");
  }

  #write(range: TokenRange, ctes: readonly CteTree[]): Pick<WriteTree, "start" | "end" | "ctes" | "orderBy" | "columns" | "assignments" | "from"> {
    return { ...this.#layout.place(range), ctes, orderBy: [], columns: [], assignments: [], from: [] };
  }

  #set(items: readonly Json[]): readonly AssignmentTree[] {
    return items.map((item) => {
      const name = text(item, "column");
      if (name === undefined) return this.#reject("an assignment");
      const tableName = text(item, "table");
      const table = tableName === undefined ? undefined : this.#seekName(tableName);
      const column = this.#seekName(name);
      const value = this.#expression(field(item, "value"));
      return { column: { kind: "column", path: table === undefined ? [column] : [table, column], ...this.#layout.around(table, column) }, value };
    });
  }

  #insert(node: Json | undefined, range: TokenRange): WriteTree {
    const ctes = this.#ctes(node, range);
    const target = this.#table(list(node, "table")[0]);
    const columns = list(node, "columns").map((item): Expression => {
      const name = this.#seekName(text(item) ?? text(item, "column") ?? "");
      return { kind: "column", path: [name], start: name.start, end: name.end };
    });
    const values = field(node, "values");
    const set = list(node, "set");
    const setTrees = this.#set(set);
    const prefix = `${text(node, "prefix") ?? ""} ${list(node, "or").map((item) => text(item, "value") ?? "").join(" ")}`;
    const duplicate = list(field(node, "on_duplicate_update"), "set");
    const conflictNode = field(node, "conflict");
    let rows: readonly (readonly Expression[])[] | undefined;
    let query: QueryTree | undefined;
    if (set.length > 0) rows = [setTrees.map((item) => item.value)];
    else if (text(values, "type") === "values" || Array.isArray(values)) {
      rows = (Array.isArray(values) ? list(values) : list(values, "values")).map((row) => list(row, "value").map((item) => this.#expression(item)));
    } else if (text(values, "type") === "select") {
      const begin = this.#layout.find({ from: this.#at, to: range.to }, "SELECT", "WITH");
      query = this.#query(values, { from: begin === -1 ? range.from : begin, to: range.to });
    } else return this.#reject("the rows of an INSERT");
    const conflictAction = text(field(conflictNode, "action"), "type") ?? JSON.stringify(field(conflictNode, "action") ?? "");
    const conflict = duplicate.length > 0 || text(node, "type") === "replace" || /replace/iu.test(prefix) ? ("update" as const)
      : /ignore/iu.test(prefix) ? ("ignore" as const)
        : present(conflictNode) ? (/update/iu.test(conflictAction) ? ("update" as const) : ("ignore" as const)) : undefined;
    return {
      ...this.#write(range, ctes), kind: "insert", target,
      columns: set.length > 0 ? setTrees.map((item) => item.column) : columns,
      assignments: this.#set(duplicate),
      returning: present(field(node, "returning")),
      ...(rows === undefined ? {} : { rows }), ...(query === undefined ? {} : { query }), ...(conflict === undefined ? {} : { conflict }),
    };
  }

  #update(node: Json | undefined, range: TokenRange): WriteTree {
    const ctes = this.#ctes(node, range);
    const tables = this.#fromList(field(node, "table"), range);
    const assignments = this.#set(list(node, "set"));
    const more = this.#fromList(field(node, "from"), range);
    const where = field(node, "where");
    const whereTree = present(where) ? this.#expression(where) : undefined;
    const first = assignments[0]?.column;
    const path = first?.kind === "column" ? first.path : [];
    const { target, rest } = this.#target(tables, more, tables.length > 1 ? path[path.length - 2] : undefined);
    return {
      ...this.#write(range, ctes), kind: "update", target, from: rest, assignments,
      ...(whereTree === undefined ? {} : { where: whereTree }),
      orderBy: this.#order(list(node, "orderby")), ...this.#limits(field(node, "limit")),
      returning: present(field(node, "returning")),
    };
  }

  /** The written table: SQL Server may name it by an alias that FROM introduces. */
  #target(tables: readonly FromTree[], more: readonly FromTree[], wanted: Name | undefined): { readonly target: TableTree; readonly rest: readonly FromTree[] } {
    const { target, rest } = splitTarget(tables, wanted);
    if (target === undefined) return this.#reject("the written table");
    const aliased = more.find((item) => item.kind === "table" && (item.table.alias ?? item.table.name).text.toLowerCase() === target.name.text.toLowerCase());
    if (aliased === undefined) return { target, rest: [...rest, ...more] };
    const again = splitTarget(more, target.name);
    return { target: again.target ?? target, rest: [...rest, ...again.rest] };
  }

  #delete(node: Json | undefined, range: TokenRange): WriteTree {
    const ctes = this.#ctes(node, range);
    const named = list(node, "table").filter((item) => field(item, "addition") !== true);
    const wanted = named[0] === undefined ? undefined : this.#table(named[0]);
    const from = this.#fromList(field(node, "from"), range);
    const where = field(node, "where");
    const whereTree = present(where) ? this.#expression(where) : undefined;
    const { target, rest } = splitTarget(from, wanted?.name);
    if (target === undefined) return this.#reject("the written table");
    return {
      ...this.#write(range, ctes), kind: "delete", target, from: rest,
      ...(whereTree === undefined ? {} : { where: whereTree }),
      orderBy: this.#order(list(node, "orderby")), ...this.#limits(field(node, "limit")),
      returning: present(field(node, "returning")),
    };
  }

  /** A column's name, which some dialects wrap. */
  #columnName(node: Json | undefined): string | undefined {
    const column = field(node, "column");
    return text(column) ?? text(field(column, "expr"), "value");
  }

  #expression(node: Json | undefined): Expression {
    if (!isObject(node)) return this.#reject("an expression");
    const type = text(node, "type");
    if (present(field(node, "ast"))) {
      const { query, place } = this.#subquery(node);
      return { kind: "query", query, array: false, ...place };
    }
    switch (type) {
      case "expr":
        return this.#expression(field(node, "expr"));
      case "column_ref": {
        const column = this.#columnName(node);
        if (column === undefined) return this.#reject("a column");
        const tableName = text(node, "table") ?? text(field(node, "table"), "value");
        if (column === "*") {
          if (tableName !== undefined) this.#seekName(tableName);
          return { kind: "star", ...this.#seek((token) => token.text === "*") };
        }
        if (/^_(?:utf8|latin1|binary|ucs2|ascii)/iu.test(column)) return this.#reject("a character set");
        if (/^(?:DEFAULT|current_schema|localtime|localtimestamp)$/iu.test(column) && tableName === undefined) return { kind: "other", name: column.toLowerCase(), items: [], ...this.#seekName(column) };
        const table = tableName === undefined ? undefined : this.#seekName(tableName);
        const name = this.#seekName(column);
        return this.#withCollation(node, { kind: "column", path: table === undefined ? [name] : [table, name], ...this.#layout.around(table, name) });
      }
      case "double_quote_string":
      case "single_quote_string":
      case "string":
      case "var_string":
      case "full_hex_string":
      case "hex_string":
      case "bit_string":
      case "date":
      case "timestamp":
      case "datetime":
      case "time": {
        const value = text(node, "value") ?? "";
        const quoted = type === "double_quote_string";
        if (quoted) {
          // Outside MySQL this is a quoted name.
          const index = this.#layout.tokens.findIndex((token, position) => position >= this.#at && token.kind === "quoted" && nameOf(token) === value);
          if (index !== -1) {
            const name = this.#seekName(value);
            return { kind: "column", path: [name], start: name.start, end: name.end };
          }
        }
        let string: string | undefined;
        const place = this.#seek((token) => {
          if (token.kind !== "string") return false;
          string = stringOf(token, this.#dialect);
          return true;
        });
        return this.#collated({ kind: "literal", value: string ?? value, ...place });
      }
      case "number":
      case "bigint": {
        const raw = field(node, "value");
        const read = typeof raw === "number" ? raw : Number(text(raw) ?? "0");
        const isNegative = read < 0;
        let value: number | bigint = read;
        const place = this.#seek((token) => {
          const found = token.kind === "number" && Number(token.text) === Math.abs(read);
          // The tree rounds numbers that a double cannot hold.
          if (found && !isNegative) value = numberOf(token.text);
          return found;
        });
        return this.#collated({ kind: "literal", value, ...(isNegative ? this.#layout.around(this.#layout.tokens[this.#layout.index.indexBefore(place.start)], place) : place) });
      }
      case "bool":
      case "boolean":
        return { kind: "literal", value: field(node, "value") === true, ...this.#seek((token) => token.upper === "TRUE" || token.upper === "FALSE") };
      case "null":
        return { kind: "literal", value: null, ...this.#seek((token) => token.upper === "NULL") };
      case "param":
      case "var":
      case "origin":
        return this.#collated({ kind: "parameter", ...this.#seek((token) => token.kind === "parameter") });
      case "star":
        return { kind: "star", ...this.#seek((token) => token.text === "*") };
      case "binary_expr":
        return this.#binary(node);
      case "unary_expr":
        return this.#unary(node);
      case "expr_list": {
        const items = list(node, "value").map((item) => this.#expression(item));
        return { kind: "row", items, ...this.#layout.around(...items) };
      }
      case "function":
      case "aggr_func":
      case "window_func":
        return this.#call(node);
      case "cast": {
        const item = this.#expression(field(node, "expr"));
        const target = list(node, "target")[0] ?? field(node, "target");
        return { kind: "cast", item, type: (text(target, "dataType") ?? "").toLowerCase(), ...this.#layout.around(item) };
      }
      case "case": {
        const start = this.#seek((token) => token.upper === "CASE");
        const operand = field(node, "expr");
        const items = [
          ...(present(operand) ? [this.#expression(operand)] : []),
          ...list(node, "args").flatMap((item) => [...(present(field(item, "cond")) ? [this.#expression(field(item, "cond"))] : []), ...(present(field(item, "result")) ? [this.#expression(field(item, "result"))] : [])]),
        ];
        return { kind: "other", name: "case", items, ...this.#layout.tail(this.#layout.around(start, ...items), "END") };
      }
      case "interval": {
        const start = this.#seek((token) => token.upper === "INTERVAL");
        const value = field(node, "expr");
        const items = present(value) ? [this.#expression(value)] : [];
        return { kind: "other", name: "interval", items, ...this.#layout.around(start, ...items) };
      }
      case "unnest": {
        const value = field(node, "expr");
        const items = present(value) ? [this.#expression(value)] : [];
        return { kind: "call", name: "unnest", args: items, windowed: false, extra: [], ...this.#layout.around(...items) };
      }
      case "fulltext_search": {
        const items = [...list(node, "columns").map((item) => this.#expression(item)), this.#expression(field(node, "expr"))];
        return { kind: "other", name: "match", items, ...this.#layout.head(this.#layout.around(...items), "MATCH") };
      }
      case "extract":
      case "collate":
      case "array":
      case undefined:
      default:
        return this.#reject(type ?? "an expression");
    }
  }

  /** The tree has COLLATE behind some values only. */
  #collated(expression: Expression): Expression {
    const { index } = this.#layout;
    const at = index.indexAt(expression.end);
    const name = index.tokens[at + 1];
    if (index.upperAt(at) !== "COLLATE" || name === undefined) return expression;
    return { kind: "collate", item: expression, collation: nameOf(name), start: expression.start, end: expression.end };
  }

  #withCollation(node: Json, expression: Expression): Expression {
    const collate = field(node, "collate");
    if (!present(collate)) return expression;
    const name = text(field(field(collate, "collate"), "name")) ?? text(collate, "value") ?? "";
    return { kind: "collate", item: expression, collation: name, start: expression.start, end: expression.end };
  }

  #unary(node: Json): Expression {
    const op = text(node, "operator")?.toUpperCase() ?? "";
    if (op === "EXISTS" || op === "NOT EXISTS") {
      const { query, place } = this.#subquery(field(node, "expr"));
      const exists = this.#layout.head(place, "EXISTS");
      const negated = op === "NOT EXISTS";
      return { kind: "exists", query, negated, ...(negated ? this.#layout.head(exists, "NOT") : exists) };
    }
    const item = this.#expression(field(node, "expr"));
    if (op === "NOT" || op === "!") return { kind: "not", item, ...this.#layout.head({ start: item.start, end: item.end }, "NOT") };
    return { kind: "unary", op, item, start: item.start, end: item.end };
  }

  /** The parts of an unparenthesised chain of AND and OR in the order of the text. */
  #chain(node: Json, operands: Json[], links: ("and" | "or")[]): void {
    const op = text(node, "operator")?.toUpperCase();
    const side = (part: Json | undefined): void => {
      if (part === undefined) return this.#reject("a condition");
      const inner = text(part, "type") === "binary_expr" ? text(part, "operator")?.toUpperCase() : undefined;
      const isLink = inner === "AND" || inner === "OR" || inner === "&&";
      if (isLink && field(part, "parentheses") !== true) this.#chain(part, operands, links);
      else operands.push(part);
    };
    side(field(node, "left"));
    links.push(op === "OR" ? "or" : "and");
    side(field(node, "right"));
  }

  #logical(node: Json): Expression {
    const operands: Json[] = [];
    const links: ("and" | "or")[] = [];
    this.#chain(node, operands, links);
    const trees = operands.map((operand) => this.#expression(operand));
    const arms: Expression[][] = [[]];
    for (const [index, tree] of trees.entries()) {
      if (index > 0 && links[index - 1] === "or") arms.push([]);
      arms[arms.length - 1]?.push(tree);
    }
    const grouped = arms.map((items): Expression => {
      const [only] = items;
      return items.length === 1 && only !== undefined ? only : { kind: "logical", op: "and", items, ...this.#layout.around(...items) };
    });
    const [single] = grouped;
    return grouped.length === 1 && single !== undefined ? single : { kind: "logical", op: "or", items: grouped, ...this.#layout.around(...grouped) };
  }

  #binary(node: Json): Expression {
    const op = text(node, "operator")?.toUpperCase() ?? "";
    if (op === "AND" || op === "OR" || op === "&&") return this.#logical(node);
    // There it is OR (MySQL manual 14.4.3), and the parser binds it tighter than a comparison.
    if (op === "||" && (this.#dialect === "mysql" || this.#dialect === "mariadb")) return this.#reject("OR written as a symbol");
    const item = this.#expression(field(node, "left"));
    const rightNode = field(node, "right");
    const listed = text(rightNode, "type") === "expr_list" ? list(rightNode, "value") : undefined;
    switch (op) {
      case "IN":
      case "NOT IN": {
        const negated = op === "NOT IN";
        const [only] = listed ?? [];
        if (listed?.length === 1 && (present(field(only, "ast")) || text(only, "type") === "select")) {
          const { query, place } = this.#subquery(only);
          return { kind: "inQuery", item, negated, query, ...this.#layout.around(item, place) };
        }
        if (listed === undefined) {
          const right = this.#expression(rightNode);
          if (right.kind === "call" && right.name === "unnest" && right.args[0] !== undefined) return { kind: "quantified", op: negated ? "<>" : "=", all: negated, item, right: right.args[0], ...this.#layout.around(item, right) };
          return this.#reject("IN");
        }
        const items = listed.map((value) => this.#expression(value));
        const open = this.#layout.nextOpen(this.#layout.index.indexAt(item.end), this.#layout.tokens.length);
        return { kind: "inList", item, negated, list: items, ...this.#layout.around(item, this.#layout.tokens[open], ...items) };
      }
      case "BETWEEN":
      case "NOT BETWEEN": {
        const low = this.#expression(listed?.[0]);
        const high = this.#expression(listed?.[1]);
        return { kind: "between", item, negated: op === "NOT BETWEEN", low, high, ...this.#layout.around(item, low, high) };
      }
      case "IS":
      case "IS NOT": {
        const negated = op === "IS NOT";
        const type = text(rightNode, "type");
        if (type === "null") {
          this.#expression(rightNode);
          return { kind: "isNull", item, negated, ...this.#layout.tail(item, "IS", "NOT", "NULL") };
        }
        if (type === "bool" || type === "boolean") {
          this.#expression(rightNode);
          return { kind: "isBoolean", item, negated, value: field(rightNode, "value") === true, ...this.#layout.tail(item, "IS", "NOT", "TRUE", "FALSE") };
        }
        // `IS DISTINCT FROM $1` loses its right side.
        if (type !== "number" && type !== "single_quote_string" && type !== "column_ref" && type !== "param") return this.#reject("IS");
        const right = this.#expression(rightNode);
        return { kind: "binary", op: negated ? "is distinct" : "is not distinct", left: item, right, ...this.#layout.around(item, right) };
      }
      case "LIKE":
      case "NOT LIKE":
      case "ILIKE":
      case "NOT ILIKE": {
        const pattern = this.#expression(rightNode);
        const escape = text(field(field(rightNode, "escape"), "value"), "value");
        return { kind: "like", item, pattern, negated: op.startsWith("NOT"), insensitive: op.includes("ILIKE"), ...(escape === undefined ? {} : { escape }), ...this.#layout.around(item, pattern) };
      }
      default:
        break;
    }
    const right = this.#expression(rightNode);
    const place = this.#layout.around(item, right);
    if (op === "->" || op === "->>") return { kind: "json", item, path: op + (right.kind === "literal" ? String(right.value) : "?"), args: [right], ...place };
    if (op === "REGEXP" || op === "RLIKE") return { kind: "binary", op: "regexp", left: item, right, ...place };
    if (op === "NOT REGEXP" || op === "NOT RLIKE") return { kind: "not", item: { kind: "binary", op: "regexp", left: item, right, ...place }, ...place };
    return { kind: "binary", op: op === "!=" ? "<>" : /^[A-Z]/u.test(op) ? op.toLowerCase() : op, left: item, right, ...place };
  }

  #call(node: Json): Expression {
    const nameNode = field(node, "name");
    const parts = list(nameNode, "name").flatMap((part) => text(part, "value") ?? []);
    const name = text(nameNode) ?? parts[parts.length - 1];
    if (name === undefined) return this.#reject("a function");
    const args = field(node, "args");
    // `NOT (a OR b)` comes as a call of a function named NOT.
    if (name.toUpperCase() === "NOT") {
      const [only] = list(args, "value");
      const item = this.#expression(only);
      return { kind: "not", item, ...this.#layout.head({ start: item.start, end: item.end }, "NOT") };
    }
    if (/^EXISTS$/iu.test(name)) {
      const { query, place } = this.#subquery(list(args, "value")[0]);
      return { kind: "exists", query, negated: false, ...this.#layout.head(place, "EXISTS") };
    }
    // Keywords taken for functions: what they mean is lost.
    if (/^(?:SELECT|ANY|ALL|SOME|CONVERT|VALUES|ROW|CASE|IN)$/iu.test(name) && !(name.toUpperCase() === "VALUES" && list(args, "value").length === 1)) return this.#reject(name);
    const start = this.#seekName(name);
    const place = start.end > 0 ? this.#layout.call(start.start) : nowhere;
    const listed = list(args, "value");
    const single = field(args, "expr");
    const items = (listed.length > 0 ? listed : present(single) ? [single] : []).map((item) => this.#expression(item)).filter((item) => item.kind !== "star");
    const over = field(node, "over");
    const isWindow = text(over, "type") === "window" || text(node, "type") === "window_func";
    return { kind: "call", name, args: items, windowed: isWindow, extra: [], ...this.#layout.around(place, ...items) };
  }
}

function pickLimits(tree: LimitTree): LimitTree {
  return {
    ...(tree.limit === undefined ? {} : { limit: tree.limit }),
    ...(tree.limitAll === undefined ? {} : { limitAll: tree.limitAll }),
    ...(tree.offset === undefined ? {} : { offset: tree.offset }),
  };
}

function joinType(written: string, bare: boolean): JoinType {
  const join = written.toUpperCase();
  if (join.includes("LEFT") || join.includes("OUTER APPLY")) return "left";
  if (join.includes("RIGHT")) return "right";
  if (join.includes("FULL")) return "full";
  if (join.includes("NATURAL")) return "natural";
  return bare ? "cross" : "inner";
}
