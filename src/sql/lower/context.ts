/** What lowering needs beside the tree: the way back to the original text, the values of the holes, the dialect. */
import type { Dialect, ParameterOperand, Span, Statement, Subquery } from "../../query/model.js";
import type { SqlHole, SqlText } from "../contract.js";
import type { Prepared, Slot } from "../holes.js";
import { foldName, type Token } from "../scanner.js";
import { TextHoles } from "./text-holes.js";
import type { Name, Place, QueryTree } from "../tree.js";

export class LoweringContext {
  readonly prepared: Prepared;
  readonly sql: SqlText;
  readonly dialect: Dialect | undefined;
  /** Tokens of the parsed text. */
  readonly tokens: readonly Token[];
  readonly textHoles: TextHoles;

  constructor(prepared: Prepared, sql: SqlText, dialect: Dialect | undefined, tokens: readonly Token[]) {
    this.prepared = prepared;
    this.sql = sql;
    this.dialect = dialect;
    this.tokens = tokens;
    this.textHoles = new TextHoles(prepared);
  }

  get isMysql(): boolean {
    return this.dialect === "mysql" || this.dialect === "mariadb";
  }

  span(place: Place): Span {
    return this.prepared.span(place);
  }

  fold(name: Name): string {
    return foldName(name.text, name.quoted, this.dialect);
  }

  holeOf(slot: Slot): SqlHole | undefined {
    return slot.hole === undefined ? undefined : this.sql.holes[slot.hole];
  }

  /** The value a placeholder or a hole supplies. */
  parameter(slot: Slot | undefined, place: Place): ParameterOperand {
    const span = this.span(place);
    if (slot === undefined) return { kind: "parameter", span };
    const hole = this.holeOf(slot);
    return {
      kind: "parameter", span,
      ...(slot.placeholder === undefined ? {} : { placeholder: slot.placeholder }),
      ...(hole?.value === undefined ? {} : { value: hole.value }),
      ...(hole?.undefinable === undefined ? {} : { undefinable: hole.undefinable }),
      ...(slot.kind === "quoted" ? { type: "string" as const } : {}),
    };
  }
}

/** The statement being lowered: collects its nested statements. */
export class Frame {
  readonly context: LoweringContext;
  /** Names of the common table expressions in sight. */
  readonly ctes: ReadonlySet<string>;
  readonly #lowered = new Map<QueryTree, Statement>();
  readonly #found: Subquery[] = [];
  readonly #lower: (tree: QueryTree, ctes: ReadonlySet<string>) => Statement;

  constructor(context: LoweringContext, ctes: ReadonlySet<string>, lower: (tree: QueryTree, ctes: ReadonlySet<string>) => Statement) {
    this.context = context;
    this.ctes = ctes;
    this.#lower = lower;
  }

  /** Lowers a nested query once. */
  query(tree: QueryTree, role: Subquery["role"]): Statement {
    const known = this.#lowered.get(tree);
    if (known !== undefined) return known;
    const statement = this.#lower(tree, this.ctes);
    this.#lowered.set(tree, statement);
    this.add(statement, role);
    return statement;
  }

  add(statement: Statement, role: Subquery["role"]): void {
    this.#found.push({ statement, role, span: statement.span });
  }

  get subqueries(): readonly Subquery[] {
    return this.#found.slice().sort((a, b) => a.span.start - b.span.start);
  }
}
