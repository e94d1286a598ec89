/** Where the changes that a migration's code makes arrive: the tables that the migrations before it left. */
import { readDdl, type DdlColumn, type DdlConstraint, type DdlIndex, type DdlIndexPart, type TableName } from "../../../sql/index.js";
import type { Provenance, Table } from "../../model.js";
import type { SchemaDialect } from "../../names.js";
import type { Replay, Understood } from "../replay.js";
import { HOLE, mentionsIn, type CodeValue, type Origin, type Site } from "./values.js";

export interface NotUnderstood {
  readonly line: number;
  readonly text: string;
}

/** Words that open a statement which changes no table's structure. */
const DATA = /^\s*(?:\(|with|select|insert|update|delete|replace|merge|truncate|begin|commit|rollback|start|savepoint|set|show|grant|revoke|comment|lock|analyze|vacuum|explain|copy|notify|pragma|use|refresh)\b/iu;

export class Target {
  readonly replay: Replay;
  readonly dialect: SchemaDialect;
  readonly notUnderstood: NotUnderstood[] = [];
  /** How many undecided conditions of the program stand around the current place. */
  #doubts = 0;

  constructor(replay: Replay, dialect: SchemaDialect) {
    this.replay = replay;
    this.dialect = dialect;
  }

  get isMysql(): boolean {
    return this.dialect === "mysql" || this.dialect === "mariadb";
  }

  doubtful(begins: boolean): void {
    this.#doubts += begins ? 1 : -1;
  }

  /** The next migration: nothing is in doubt. */
  begin(): void {
    this.#doubts = 0;
  }

  /** One change by a call. Its spans count in the file of the call. */
  change(change: Understood, site: Site): void {
    this.#apply(change, (offset) => at(site, offset));
  }

  /** The statements of an SQL text. */
  statements(value: CodeValue | undefined, site: Site): void {
    const written = value?.kind === "sql" ? value.text : value?.kind === "text" ? value.value : undefined;
    const own = value?.kind === "sql" || value?.kind === "text" ? value.origin : undefined;
    const origin: Origin = own ?? (() => at(site, site.node.range[0]));
    if (written === undefined) {
      this.unknown(mentionsIn(value === undefined ? [] : [value]), site);
      return;
    }
    if (DATA.test(written) && !written.includes(";")) return;
    for (const change of readDdl(written, this.dialect)) {
      if (change.change === "notUnderstood") {
        const from = origin(change.span.start);
        this.#note(from, change.text);
        const whole = written.slice(change.span.start, change.span.end);
        if (change.table?.name === HOLE) this.#doubtAll(from);
        else if (change.table === undefined && whole.includes(HOLE)) this.#lostStatement(whole, from);
        else this.replay.notUnderstood(change, whole, from);
      } else this.#apply(change, origin);
    }
    // A statement whose first word is not known may be any.
    const hidden = new RegExp(`(?:^|;)\\s*${HOLE}`, "u").exec(written);
    if (hidden !== null) this.unknown((value?.kind === "text" || value?.kind === "sql" ? value.mentions : undefined) ?? [], site);
  }

  /** A statement with holes that was not read: what hides in them may be a statement, or the name of a table. */
  #lostStatement(whole: string, from: Provenance): void {
    const isStatement = new RegExp(`(?:^|;|\\$\\$|\\b(?:begin|then|else|loop)\\b)\\s*(?:--[^\\n]*\\n\\s*)*${HOLE}`, "iu").test(whole);
    if (!isStatement && !/\b(?:index|unique|primary\s+key)\b/iu.test(whole)) return;
    if (isStatement) this.#doubtAll(from);
    else this.#doubtMentioned([whole], from);
  }

  /** A call that changes a table in a way that was not understood. */
  lost(table: TableName, site: Site): void {
    const from = at(site, site.node.range[0]);
    this.#note(from, site.module.text.slice(...site.node.range));
    if (table.name === HOLE) this.#doubtAll(from);
    else this.replay.doubt(table, why(from), from);
  }

  /** Code that was not followed and may have changed tables: those it is told of by name, or else any of them. */
  unknown(mentions: readonly string[], site: Site): void {
    const from = at(site, site.node.range[0]);
    this.#note(from, site.module.text.slice(...site.node.range));
    this.#doubtMentioned(mentions, from);
  }

  #doubtMentioned(mentions: readonly string[], from: Provenance): void {
    const words = new Set(mentions.flatMap((mention) => mention.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []));
    const named = this.replay.names().filter((name) => words.has(name));
    if (named.length === 0) this.#doubtAll(from);
    for (const name of named) this.replay.doubt({ name }, why(from), from);
  }

  /** The table as the changes so far left it. */
  table(name: TableName): Table | undefined {
    return this.replay.table(name);
  }

  #doubtAll(from: Provenance): void {
    this.replay.doubtAll(why(from));
  }

  #note({ line }: Provenance, written: string): void {
    this.notUnderstood.push({ line, text: written.slice(0, 120) });
  }

  #apply(change: Understood, place: Origin): void {
    const from = place(change.span.start);
    const table = tableOf(change) ?? (change.change === "dropIndex" || change.change === "renameIndex" ? this.replay.tableOfIndex(change.name) : undefined);
    if (table?.name === HOLE) {
      // Whichever table it is: it may have an index now that is known of none.
      if (addsKey(change)) {
        this.#note(from, "the table is not known");
        this.#doubtAll(from);
      }
      return;
    }
    const doubt = (): void => {
      if (table !== undefined) this.replay.doubt(table, why(from), from);
    };
    if (this.#doubts > 0 && takesAway(change)) {
      this.#note(from, "under a condition");
      doubt();
      if (change.change === "dropTable") for (const dropped of change.tables) if (this.replay.table(dropped) !== undefined) this.replay.doubt(dropped, why(from), from);
      return;
    }
    const seen = withoutHoles(change);
    if (seen.change !== undefined) this.replay.apply(seen.change, place);
    if (seen.incomplete) {
      this.#note(from, "a name that is not known");
      doubt();
    }
    if (this.#doubts > 0 && (addsKey(change) || change.change === "createTable")) {
      this.#note(from, "under a condition");
      doubt();
    }
  }
}

function at(site: Site, offset: number): Provenance {
  return { file: site.module.path, line: site.module.lineOf(offset), kind: "code" };
}

function why({ file, line }: Provenance): string {
  return `what ${file.split(/[\\/]/u).slice(-2).join("/")}:${String(line)} does was not understood`;
}

function tableOf(change: Understood): TableName | undefined {
  return "table" in change ? change.table : undefined;
}

/** May a table have an index afterwards that it had not before? */
function addsKey(change: Understood): boolean {
  switch (change.change) {
    case "createIndex":
      return true;
    case "addConstraint":
      return change.constraint.kind !== "other";
    case "addColumn":
      return change.column.unique || change.column.primaryKey || change.column.references !== undefined;
    default:
      return false;
  }
}

function takesAway(change: Understood): boolean {
  return ["dropTable", "dropColumn", "dropIndex", "dropConstraint", "renameTable", "renameColumn", "renameIndex"].includes(change.change);
}

/** The change as far as its names are known, and whether that is less than the whole. */
function withoutHoles(change: Understood): { readonly change: Understood | undefined; readonly incomplete: boolean } {
  switch (change.change) {
    case "createTable": {
      const columns = change.columns.filter((column) => !isHidden(column));
      const constraints = change.constraints.filter((constraint) => !isHiddenConstraint(constraint)).map(withoutHiddenName);
      return { change: { ...change, columns, constraints }, incomplete: columns.length + constraints.length < change.columns.length + change.constraints.length };
    }
    case "addColumn":
      return isHidden(change.column) ? { change: undefined, incomplete: change.column.name !== HOLE || change.column.unique || change.column.primaryKey } : { change, incomplete: false };
    case "addConstraint":
      return isHiddenConstraint(change.constraint) ? { change: undefined, incomplete: change.constraint.kind !== "foreign" } : { change: { ...change, constraint: withoutHiddenName(change.constraint) }, incomplete: false };
    case "createIndex":
      return isHiddenIndex(change.index) ? { change: undefined, incomplete: true } : { change: { ...change, index: indexWithoutHiddenName(change.index) }, incomplete: false };
    case "renameColumn":
      return change.column.includes(HOLE) || change.to.includes(HOLE) ? { change: undefined, incomplete: true } : { change, incomplete: false };
    case "renameTable":
      return change.to.name.includes(HOLE) ? { change: undefined, incomplete: true } : { change, incomplete: false };
    case "dropColumn":
      // Indexes on the column go with it: which, is not known.
      return change.column.includes(HOLE) ? { change: undefined, incomplete: true } : { change, incomplete: false };
    case "alterColumn":
      return change.type?.includes(HOLE) === true ? { change: undefined, incomplete: false } : { change, incomplete: false };
    case "createView":
    case "dropTable":
    case "dropConstraint":
    case "dropIndex":
    case "renameIndex":
      return { change, incomplete: false };
  }
}

function isHidden(column: DdlColumn): boolean {
  return column.name.includes(HOLE);
}

function isHiddenConstraint(constraint: DdlConstraint): boolean {
  switch (constraint.kind) {
    case "primary":
    case "unique":
      return constraint.parts.some(isHiddenPart);
    case "foreign":
      return constraint.columns.some((column) => column.includes(HOLE));
    case "index":
      return isHiddenIndex(constraint.index);
    case "other":
      return false;
  }
}

function isHiddenIndex(index: DdlIndex): boolean {
  return index.parts.some(isHiddenPart) || index.parts.length === 0 || index.where?.includes(HOLE) === true || index.method.includes(HOLE);
}

function isHiddenPart(part: DdlIndexPart): boolean {
  return part.column?.includes(HOLE) === true || part.expression?.includes(HOLE) === true;
}

function indexWithoutHiddenName(index: DdlIndex): DdlIndex {
  if (index.name?.includes(HOLE) !== true) return index;
  const { name: _, ...nameless } = index;
  return nameless;
}

function withoutHiddenName(constraint: DdlConstraint): DdlConstraint {
  if (constraint.kind === "index") return { ...constraint, index: indexWithoutHiddenName(constraint.index) };
  if (constraint.name?.includes(HOLE) !== true) return constraint;
  const { name: _, ...nameless } = constraint;
  return nameless;
}

/** The text of an SQL value, for conditions and expressions; undefined when nothing of it is known. */
export function sqlOf(value: CodeValue | undefined): string | undefined {
  if (value?.kind === "sql") return value.text;
  return value?.kind === "text" ? value.value : undefined;
}

