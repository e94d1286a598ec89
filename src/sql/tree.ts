/**
 * The neutral syntax tree: what the three parsers' trees are translated into, and what is lowered into the query model.
 * `start` and `end` count in the text that was parsed (placeholders replaced), not in the original text.
 */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** An identifier; `quoted` tells whether case matters. */
export interface Name {
  readonly text: string;
  readonly quoted: boolean;
}

export type Expression = Place &
  (
    | { readonly kind: "column"; readonly path: readonly Name[] }
    | { readonly kind: "star" }
    /** `fraction`: a number written with a point or an exponent, even where its value is whole. */
    | { readonly kind: "literal"; readonly value: string | number | boolean | bigint | null; readonly fraction?: true }
    | { readonly kind: "parameter" }
    | { readonly kind: "logical"; readonly op: "and" | "or"; readonly items: readonly Expression[] }
    | { readonly kind: "not"; readonly item: Expression }
    /** Comparison, arithmetic, concatenation, JSON access: everything with two sides. */
    | { readonly kind: "binary"; readonly op: string; readonly left: Expression; readonly right: Expression }
    | { readonly kind: "unary"; readonly op: string; readonly item: Expression }
    | { readonly kind: "isNull"; readonly item: Expression; readonly negated: boolean }
    | { readonly kind: "isBoolean"; readonly item: Expression; readonly value: boolean | "unknown"; readonly negated: boolean }
    | { readonly kind: "inList"; readonly item: Expression; readonly negated: boolean; readonly list: readonly Expression[] }
    | { readonly kind: "inQuery"; readonly item: Expression; readonly negated: boolean; readonly query: QueryTree }
    /** `a = ANY (…)`, `a < ALL (…)`. */
    | { readonly kind: "quantified"; readonly op: string; readonly all: boolean; readonly item: Expression; readonly right: Expression }
    | { readonly kind: "between"; readonly item: Expression; readonly negated: boolean; readonly low: Expression; readonly high: Expression }
    | { readonly kind: "like"; readonly item: Expression; readonly pattern: Expression; readonly negated: boolean; readonly insensitive: boolean; readonly escape?: string }
    | { readonly kind: "exists"; readonly query: QueryTree; readonly negated: boolean }
    | { readonly kind: "query"; readonly query: QueryTree; readonly array: boolean }
    | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[]; readonly windowed: boolean; /** FILTER, ORDER BY and OVER: read for sub-queries only. */ readonly extra: readonly Expression[] }
    | { readonly kind: "cast"; readonly item: Expression; readonly type: string }
    | { readonly kind: "collate"; readonly item: Expression; readonly collation: string }
    | { readonly kind: "json"; readonly item: Expression; readonly path: string; readonly args: readonly Expression[] }
    | { readonly kind: "row"; readonly items: readonly Expression[] }
    | { readonly kind: "array"; readonly items: readonly Expression[] }
    /** CASE and whatever is read without being modelled: only its parts count. */
    | { readonly kind: "other"; readonly name: string; readonly items: readonly Expression[] }
  );

export interface OrderTree extends Place {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nulls?: "first" | "last";
}

export interface TableTree extends Place {
  readonly name: Name;
  readonly schema?: Name;
  readonly alias?: Name;
}

export type JoinType = "inner" | "left" | "right" | "full" | "cross" | "natural" | "comma";

export interface JoinTree {
  readonly type: JoinType;
  readonly on?: Expression;
  readonly using?: readonly Name[];
}

/** One item of FROM, nested joins already flattened. */
export type FromTree = Place & { readonly join?: JoinTree } & (
    | { readonly kind: "table"; readonly table: TableTree }
    | { readonly kind: "query"; readonly query: QueryTree; readonly alias?: Name; readonly lateral: boolean }
    | { readonly kind: "function"; readonly name: string; readonly alias?: Name; readonly args: readonly Expression[] }
    | { readonly kind: "values"; readonly alias?: Name; readonly rows: readonly (readonly Expression[])[] }
  );

export interface CteTree extends Place {
  readonly name: Name;
  readonly statement: StatementTree;
}

export interface LimitTree {
  readonly limit?: Expression;
  /** LIMIT ALL. */
  readonly limitAll?: Place;
  readonly offset?: Expression;
}

/** A select, a VALUES list or a set operation. */
export interface QueryTree extends Place, LimitTree {
  readonly kind: "select";
  readonly ctes: readonly CteTree[];
  readonly branches?: readonly QueryTree[];
  readonly distinct: boolean;
  readonly items: readonly Expression[];
  readonly from: readonly FromTree[];
  readonly values?: readonly (readonly Expression[])[];
  readonly where?: Expression;
  readonly groupBy: readonly Expression[];
  readonly having?: Expression;
  readonly orderBy: readonly OrderTree[];
  readonly locking?: { readonly skipLocked: boolean };
  /** SELECT … INTO table. */
  readonly into?: TableTree;
  readonly intoTemporary?: boolean;
}

export interface AssignmentTree {
  readonly column: Expression;
  readonly value: Expression;
}

export interface WriteTree extends Place, LimitTree {
  readonly kind: "insert" | "update" | "delete" | "merge";
  readonly ctes: readonly CteTree[];
  readonly target: TableTree;
  readonly from: readonly FromTree[];
  readonly where?: Expression;
  /** WHERE CURRENT OF: a filter without an expression. */
  readonly whereCurrent?: boolean;
  readonly assignments: readonly AssignmentTree[];
  readonly orderBy: readonly OrderTree[];
  readonly returning: boolean;
  readonly columns: readonly Expression[];
  readonly rows?: readonly (readonly Expression[])[];
  readonly query?: QueryTree;
  readonly conflict?: "update" | "ignore";
}

export interface TruncateTree extends Place {
  readonly kind: "truncate";
  readonly tables: readonly TableTree[];
}

export interface OtherTree extends Place {
  readonly kind: "ddl" | "transaction" | "utility";
  readonly target?: TableTree;
  readonly query?: QueryTree;
  readonly temporary?: boolean;
}

export type StatementTree = QueryTree | WriteTree | TruncateTree | OtherTree;
