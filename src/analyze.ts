/** One file → its analysis, memoised by its AST. The cheap gate stands in front. */
import path from "node:path";
import type { Linter, SourceCode } from "eslint";
import type { TSESTree } from "@typescript-eslint/utils";
import { adapters } from "./adapters/index.js";
import { BoundedMap } from "./base/bounded-map.js";
import { accessOf } from "./facts/access.js";
import { boundOf } from "./facts/bound.js";
import type { QueryFacts, Subject, TableSubject } from "./facts/contract.js";
import { reachedRepetition, repetitionOf, type ExecutionContext, type ReachedQuery } from "./facts/execution.js";
import { keyUsesOf, tableFactsOf } from "./facts/keys.js";
import { orderOf } from "./facts/order.js";
import { droppedConditionsOf, writeScopeOf } from "./facts/writes.js";
import { nodeHost, type Host } from "./host.js";
import { FileGraph } from "./project/graph.js";
import { Reach } from "./project/reach.js";
import { mayIssueQueries, queryMethodsOf, sitesOf } from "./project/sites.js";
import { projectState, type ProjectState } from "./project/state.js";
import { temporaryTables, temporaryTablesIn } from "./project/temporary.js";
import { mainTable } from "./query/build.js";
import { withoutUndefined } from "./query/map.js";
import { predicatesIn } from "./query/predicates.js";
import { isOpaque, type Opaque, type Query, type Range, type Span, type TableRef } from "./query/model.js";
import type { Relation, Table } from "./schema/model.js";
import { loadSchema, type SchemaIndex } from "./schema/load.js";
import { SchemaView } from "./schema/view.js";
import type { Settings } from "./settings.js";
import { isFunction, unwrap, walk, type Node } from "./syntax/ast.js";
import { Evaluator, type EvaluatorOptions } from "./syntax/evaluate.js";
import { surroundingsOf } from "./syntax/repeaters.js";
import { moduleOfSourceCode, type SourceModule } from "./syntax/source-module.js";
import { typeEvidence } from "./syntax/types.js";
import { libraryValue } from "./syntax/values.js";

/** How much of a file's queries was understood. */
export interface Coverage {
  /** Recognised query sites. */
  readonly sites: number;
  readonly resolved: number;
  /** Opaque sites by reason. */
  readonly opaque: Readonly<Record<string, number>>;
  /** Resolved reads, updates and deletes of tables that no schema describes: their indexes are not judged. Asked for reports only. */
  readonly withoutSchema?: () => number;
}

export interface FileAnalysis {
  readonly subjects: readonly Subject[];
  /** The tables that the file declares, when a schema is read from it. */
  tables(): readonly TableSubject[];
  readonly coverage: Coverage;
}

export interface AnalyzeOptions {
  /** Absolute path of the linted file. */
  readonly file: string;
  /** ESLint's working directory. */
  readonly cwd: string;
  readonly settings: Settings;
  readonly languageOptions?: Linter.LanguageOptions;
  /** Where files are read; the file system by default. */
  readonly host?: Host;
}

const NOTHING: FileAnalysis = { subjects: [], tables: () => [], coverage: { sites: 0, resolved: 0, opaque: {} } };
const analyses = new WeakMap<object, FileAnalysis>();
const counters = { analyses: 0, gated: 0 };

/** How many files were analysed and how many the gate turned away since the process started. For tests. */
export function analysisCounters(): Readonly<typeof counters> {
  return { ...counters };
}

/** The analysis of a file. Computed once per AST, whatever the number of rules; empty for a file that issues no query. */
export function analyze(sourceCode: SourceCode, options: AnalyzeOptions): FileAnalysis {
  const known = analyses.get(sourceCode.ast);
  if (known) return known;
  const analysis = compute(sourceCode, options);
  analyses.set(sourceCode.ast, analysis);
  return analysis;
}

function compute(sourceCode: SourceCode, options: AnalyzeOptions): FileAnalysis {
  const { text } = sourceCode;
  const project = once(() => projectOf(options));
  const issues = mayIssueQueries(text, (name) => project().graph.packagesAt(options.file).uses(name));
  if (!issues && !mayRepeatCalls(text)) {
    counters.gated++;
    return declaresTables(text) ? { ...NOTHING, tables: once(() => declaredTables(moduleOfSourceCode(options.file, sourceCode), options)) } : NOTHING;
  }
  counters.analyses++;
  return new FileAnalyzer(moduleOfSourceCode(options.file, sourceCode), sourceCode, options, project()).analysis(issues);
}

/**
 * Does the file go up and down between two states of a database? It runs once, on the indexes of its own time, and the
 * schema that is known is that of today.
 */
function isMigration(text: string): boolean {
  return ["up", "down"].every((name) => new RegExp(`(?<![\\w$.])["']?${name}["']?\\s*[:=(]`, "u").test(text));
}

/** Words with which libraries declare tables in code. A file without one of them declares none. */
function declaresTables(text: string): boolean {
  return /[tT]able(?:Creator)?\s*\(|@(?:Entity|Table|View)\b|\b(?:EntitySchema|defineEntity)\b|\.(?:define|init)\s*\(/u.test(text);
}

/** The tables of the schemas around a file that the file itself declares. */
function declaredTables(module: SourceModule, options: AnalyzeOptions): readonly TableSubject[] {
  const index = schemaIndexOf(options.cwd, options.host ?? nodeHost);
  index.revalidate();
  const subjects = new Map<string, TableSubject>();
  for (const schema of index.schemasFor(module.path)) {
    const view = new SchemaView(() => [schema], options.settings);
    const { dialect = options.settings.dialect } = schema;
    for (const table of schema.tables) {
      if (subjects.has(table.name) || !table.foreignKeys.some(({ provenance }) => provenance.file === module.path)) continue;
      const facts = tableFactsOf(table, module.path, (line) => rangeOfLine(module.text, line), { dialect, isSmall: (known) => view.isSmall(known), rows: (known) => view.rows(known) });
      subjects.set(table.name, { table, facts });
    }
  }
  return [...subjects.values()];
}

/** A line of the text without the white space around it. */
function rangeOfLine(text: string, line: number): Range {
  let start = 0;
  for (let left = line; left > 1; left -= 1) start = text.indexOf("\n", start) + 1;
  const end = text.indexOf("\n", start);
  const written = text.slice(start, end < 0 ? text.length : end);
  return [start + written.length - written.trimStart().length, start + written.trimEnd().length];
}

/** What is known of the workspace that a linted file is in. */
function projectOf({ host = nodeHost, cwd, settings }: AnalyzeOptions): ProjectState {
  const configured = Object.keys(settings.clients).length === 0 ? undefined : { clients: clientsOf(settings), key: JSON.stringify(settings.clients), packages: packagesOf(settings) };
  return projectState({ host, cwd, dialect: settings.dialect, configured }, host === nodeHost);
}

/** A loop or a callback that awaits something: the only way a file without a query of its own can repeat one. */
function mayRepeatCalls(text: string): boolean {
  return /\bawait\b|\bPromise\b/u.test(text) && /\bfor\b|\.(?:map|forEach|flatMap|reduce|each)\b|\bpMap\b/u.test(text);
}

class FileAnalyzer {
  readonly #module: SourceModule;
  readonly #options: AnalyzeOptions;
  readonly #project: ProjectState;
  readonly #values: Evaluator;
  readonly #types: ReturnType<typeof typeEvidence>;
  #own: readonly (Query | Opaque)[] | undefined;
  readonly #views = new Map<string, SchemaView>();
  readonly #isMigration = once(() => isMigration(this.#module.text));

  constructor(module: SourceModule, sourceCode: SourceCode, options: AnalyzeOptions, project: ProjectState) {
    this.#module = module;
    this.#options = options;
    this.#project = project;
    const { clients } = options.settings;
    this.#types = typeEvidence(sourceCode.parserServices);
    this.#values = new Evaluator({
      graph: new FileGraph(this.#project.graph, module),
      elsewhere: { own: module, values: this.#project.values },
      libraries: adapters.map((adapter) => adapter.model),
      ...(this.#types && { types: this.#types, isQueryMethod: queryMethodsOf(module.text, project.graph.packagesAt(module.path).uses) }),
      ...(Object.keys(clients).length > 0 && { configured: clientsOf(options.settings) }),
    });
  }

  analysis(issues: boolean): FileAnalysis {
    const sites = issues ? this.#sitesOf(this.#module) : [];
    const queries = sites.filter((site): site is Query => !isOpaque(site));
    const opaque: Record<string, number> = {};
    for (const site of sites) if (isOpaque(site)) opaque[site.opaque] = (opaque[site.opaque] ?? 0) + 1;
    const context: ExecutionContext = { module: this.#module, values: this.#values, cwd: this.#options.cwd, queries };
    const own = queries.map((query): Subject => ({ query, facts: this.#facts(query, context), reached: false }));
    const tables = once(() => (declaresTables(this.#module.text) ? declaredTables(this.#module, this.#options) : []));
    return { subjects: [...own, ...this.#reached(sites, context)], tables, coverage: { sites: sites.length, resolved: queries.length, opaque, withoutSchema: () => queries.filter((query) => this.#isWithoutSchema(query)).length } };
  }

  #sitesOf(module: SourceModule): readonly (Query | Opaque)[] {
    if (module !== this.#module) return this.#project.sitesOf(module);
    if (!this.#own) {
      const { dialect } = this.#options.settings;
      this.#own = [];
      this.#own = sitesOf(module, { values: this.#values, ...(this.#types && { types: this.#types }), ...(dialect && { dialect }), ...this.#project.graph.packagesAt(module.path) });
    }
    return this.#own;
  }

  #facts(stated: Query, context: ExecutionContext): QueryFacts {
    const view = this.#view(stated);
    // Only a query with a part that undefined would drop makes the schema be read for this.
    const query = mayDrop(stated) && view.refusesUndefined ? withoutUndefined(stated) : stated;
    const tables = { table: (ref: TableRef) => view.table(ref), isSmall: (ref: TableRef) => view.isSmall(ref), rows: (ref: TableRef) => view.rows(ref), isTemporary: (ref: TableRef) => this.#isTemporary(ref, view) };
    const textOf = (span: Span): string => this.#module.text.slice(...query.locate(span));
    const related = (table: Table, relation: Relation): Table | undefined => view.related(table, relation);
    const access = once(() => (this.#isMigration() ? [] : accessOf(query, { ...tables, related, textOf, dialect: view.dialect })));
    return {
      bound: once(() => boundOf(query, tables)),
      writeScope: once(() => writeScopeOf(query, tables)),
      droppedConditions: once(() => droppedConditionsOf(query, tables)),
      repetitions: once(() => {
        const repetition = repetitionOf(query, context);
        return repetition ? [repetition] : [];
      }),
      access,
      keyUses: once(() => (this.#isMigration() ? [] : keyUsesOf(query, access, { table: tables.table, dialect: view.dialect, referencing: (table) => view.referencing(table), isSmall: (table) => view.isSmall(table), rows: (table) => view.rows(table) }))),
      order: once(() => (this.#isMigration() ? undefined : orderOf(query, { ...tables, dialect: view.dialect }))),
      ...this.#words(query),
    };
  }

  #words(query: Query): Pick<QueryFacts, "tableName" | "rows" | "text" | "line" | "isSmall"> {
    return {
      isSmall: () => {
        const ref = mainTable(query);
        return ref !== undefined && this.#view(query).isSmall(ref);
      },
      tableName: () => {
        const ref = mainTable(query);
        return ref && !ref.dynamic ? (this.#view(query).table(ref)?.name ?? ref.model ?? ref.name) : undefined;
      },
      rows: () => {
        const ref = mainTable(query);
        return ref && this.#view(query).rows(ref);
      },
      // What stands in another file has no text here.
      text: (range) => (query.site.file === this.#module.path ? this.#module.text.slice(...range) : ""),
      line: (offset) => this.#module.lineOf(offset),
    };
  }

  /** Calls of this file that run a query of another function once per element: one subject per call. */
  #reached(sites: readonly (Query | Opaque)[], context: ExecutionContext): readonly Subject[] {
    const reach = new Reach({ values: this.#values, sitesOf: (module) => this.#sitesOf(module), elsewhere: { own: this.#module, reach: this.#project.reach } });
    const own = new Set(sites.map((site) => site.site.node.range[0]));
    const subjects: Subject[] = [];
    const repeated = new RepeatedPlaces();
    walk(this.#module.program, (node) => {
      repeated.enter(node);
      if (node.type !== "CallExpression" || own.has(node.range[0])) return undefined;
      const subject = this.#reachedBy(node, reach, context, repeated.holds(node));
      if (subject) subjects.push(subject);
      return undefined;
    });
    return subjects;
  }

  #reachedBy(call: TSESTree.CallExpression, reach: Reach, context: ExecutionContext, mayBeRepeated: boolean): Subject | undefined {
    const named = isAwaited(call) ? reach.byName(call, this.#module) : undefined;
    const isRepeated = mayBeRepeated && isAwaited(call) && surroundingsOf(call, this.#module, this.#values).repeaters.length > 0;
    const found = [
      ...(named?.reached.map((reached) => ({ reached, repetition: reachedRepetition(call, reached, context, named.repeater) })) ?? []),
      ...(isRepeated ? reach.from(call, this.#module).map((reached) => ({ reached, repetition: reachedRepetition(call, reached, context) })) : []),
    ].flatMap(({ reached, repetition }) => (repetition ? [{ reached, repetition }] : []));
    // Of several queries the report names one: what has a remedy before what has none, what always runs before what stands in a branch, the nearest first.
    const rank = ({ reached, repetition }: (typeof found)[number]): number => (repetition.operation === "update-different" ? 2 : 0) + (reached.always ? 0 : 1);
    const [chosen] = [...found].sort((left, right) => rank(left) - rank(right) || left.reached.via.length - right.reached.via.length);
    return chosen && { query: chosen.reached.query, reached: true, facts: this.#reachedFacts(chosen.reached, chosen.repetition) };
  }

  /** Only the repetition of a reached query is this file's business. */
  #reachedFacts({ query }: ReachedQuery, repetition: ReturnType<QueryFacts["repetitions"]>[number]): QueryFacts {
    return {
      bound: () => ({ kind: "none" }),
      writeScope: () => ({ kind: "filtered" }),
      droppedConditions: () => [],
      repetitions: () => [repetition],
      access: () => [],
      keyUses: () => [],
      order: () => undefined,
      ...this.#words(query),
    };
  }

  /** What the repository's schemas say to a query. */
  #view(query: Query): SchemaView {
    const key = `${query.site.file}\0${query.library}\0${query.dialect ?? ""}`;
    let view = this.#views.get(key);
    if (!view) {
      const index = schemaIndexOf(this.#options.cwd, this.#options.host ?? nodeHost);
      if (this.#views.size === 0) index.revalidate();
      const hint = { library: query.library, ...(query.dialect && { dialect: query.dialect }) };
      view = new SchemaView(once(() => index.schemasFor(query.site.file, hint)), this.#options.settings);
      this.#views.set(key, view);
    }
    return view;
  }

  #isWithoutSchema(query: Query): boolean {
    const ref = mainTable(query);
    if (ref === undefined || ref.dynamic || (query.kind !== "select" && query.kind !== "update" && query.kind !== "delete")) return false;
    const view = this.#view(query);
    return view.table(ref) === undefined && !this.#isTemporary(ref, view);
  }

  #isTemporary(ref: TableRef, view: SchemaView): boolean {
    const name = ref.name.toLowerCase();
    if (temporaryTablesIn(this.#module.text).includes(name)) return true;
    return view.table(ref) === undefined && temporaryTables(this.#project.graph.workspace.root, this.#options.host ?? nodeHost).has(name);
  }
}

/** Does the query have a condition or a limit that the library drops for undefined? */
function mayDrop({ where, limit }: Query): boolean {
  if (limit?.kind === "parameter" && limit.undefinable?.answer === "yes") return true;
  return [...predicatesIn(where)].some((predicate) => predicate.op === "optional" && predicate.cause === "undefined");
}

/** Ranges of the loops and callbacks around the place a walk has come to: the cheap question before the exact one. */
class RepeatedPlaces {
  readonly #ranges: (readonly [number, number])[] = [];

  enter(node: Node): void {
    for (let last = this.#ranges.at(-1); last && last[1] <= node.range[0]; last = this.#ranges.at(-1)) this.#ranges.pop();
    if (node.type === "ForOfStatement" || node.type === "ForInStatement" || node.type === "ForStatement") this.#ranges.push(node.body.range);
    else if (isFunction(node) && node.parent.type === "CallExpression" && node.parent.callee !== node) this.#ranges.push(node.range);
  }

  holds(node: Node): boolean {
    return this.#ranges.some(([start, end]) => start <= node.range[0] && node.range[1] <= end);
  }
}

/** Is the result of the call waited for, or handed on to something that waits? A query that is sent is asynchronous nearly everywhere. */
function isAwaited(call: TSESTree.CallExpression): boolean {
  let node: Node = call;
  for (let parent: Node | undefined = node.parent; parent; node = parent, parent = parent.parent) {
    switch (parent.type) {
      case "AwaitExpression":
      case "ReturnStatement":
        return true;
      case "ArrowFunctionExpression":
        return parent.body === node;
      case "ArrayExpression":
      case "ConditionalExpression":
      case "LogicalExpression":
      case "ChainExpression":
      case "TSAsExpression":
      case "TSNonNullExpression":
      case "SpreadElement":
        break;
      case "MemberExpression":
        if (!/^(?:then|catch|finally)$/u.test(parent.property.type === "Identifier" ? parent.property.name : "")) return false;
        break;
      case "CallExpression":
        if (unwrap(parent.callee) === node) break;
        // `push(load(id))`, `Promise.all([load(id)])`
        break;
      case "ExpressionStatement":
      case "VariableDeclarator":
        return true;
      default:
        return false;
    }
  }
  return false;
}

const schemaIndexes = new BoundedMap<string, SchemaIndex>(4);

function schemaIndexOf(cwd: string, host: Host): SchemaIndex {
  if (host !== nodeHost) return loadSchema({ host, cwd });
  let index = schemaIndexes.get(cwd);
  if (!index) {
    index = loadSchema({ host, cwd });
    schemaIndexes.set(cwd, index);
  }
  return index;
}

/** Digest of the schema files that a working directory sees: equal digests, equal answers about tables and indexes. */
export function schemaDigest(cwd: string): string {
  const index = schemaIndexOf(cwd, nodeHost);
  // The analysis looks again at intervals; a key must not be older than the lint it is for.
  index.revalidate(true);
  return index.digest();
}

/** Snapshots below a working directory that cannot be used, one sentence each. Reads only those files. */
export function schemaProblems(cwd: string): readonly string[] {
  return schemaIndexOf(cwd, nodeHost)
    .problems()
    .map(({ file, line, text }) => `${path.relative(cwd, file)}:${String(line)} ${text}. It is not used.`);
}

/** Libraries whose clients the settings may name, by id. */
export const CLIENT_LIBRARIES: ReadonlyMap<string, string> = new Map(adapters.flatMap(({ id, model }) => (model.client === undefined ? [] : [[id, model.client]])));

/** Packages that are used, whatever the manifests say: those of the libraries whose clients the settings name. */
function packagesOf({ clients }: Settings): ReadonlySet<string> {
  const named = new Set(Object.values(clients));
  return new Set(adapters.flatMap(({ id, packages = [] }) => (named.has(id) ? packages : [])));
}

/** `{ "@acme/db": "prisma" }` names every export of a module, `{ "@acme/db#pool": "pg" }` one of them. */
function clientsOf({ clients }: Settings): NonNullable<EvaluatorOptions["configured"]> {
  return (specifier, name, how) => {
    const library = clients[how === "export" ? `${specifier}#${name}` : specifier];
    const role = library === undefined ? undefined : CLIENT_LIBRARIES.get(library);
    return library === undefined || role === undefined ? undefined : libraryValue(library, role, { evidence: "settings" });
  };
}

function once<T>(compute: () => T): () => T {
  let value: { readonly result: T } | undefined;
  return () => (value ??= { result: compute() }).result;
}
