/**
 * Follows the code of a migration step by step, as the running program would, with what is known of its values. Nothing
 * is executed: only calls on the objects of a migration library have an effect, which is a change of the tables.
 *
 * Where the way is not known, both are gone: a condition that asks the database (`if (!exists)`) guards a change that is
 * there in the end, whoever made it. A condition of the program (`process.env`) leaves open whether it is.
 */
import type { TSESTree } from "@typescript-eslint/utils";
import { isFunction, keyName, memberName, unwrap, type FunctionNode, type Node } from "../../../syntax/ast.js";
import type { SourceModule } from "../../../syntax/source-module.js";
import { callBuiltin } from "./builtins.js";
import { Environment } from "./environment.js";
import {
  constant,
  FROM_DATABASE,
  FROM_PROGRAM,
  HOLE,
  knownText,
  list,
  NOTHING,
  object,
  text,
  truthOf,
  unknownFrom,
  type ClassValue,
  type CodeValue,
  type FunctionValue,
  type ObjectValue,
  type Origin,
  type Receiver,
  type Site,
  type TextValue,
} from "./values.js";

/** Steps that one migration may take. The largest seen take a few thousand. */
const MAX_STEPS = 200_000;
/** Steps to find what an imported module exports: constants and helpers take a few, an application is not followed. */
const MAX_IMPORT_STEPS = 20_000;
const MAX_CALLS = 40;
/** Longest text that is put together; no migration states more in one. */
const MAX_TEXT = 2_000_000;
const MAX_TEXT_MENTIONS = 40;
const MAX_ROUNDS = 2_000;

/** What the machine needs of its surroundings. */
export interface Surroundings {
  /** What a package exports that changes tables by itself. */
  external(specifier: string, path: readonly string[], args: readonly CodeValue[], site: Site): CodeValue | undefined;
  /** What a class inherits when it extends an export of a package. */
  inherited(specifier: string, path: readonly string[]): Receiver | undefined;
  /** The exports of a module that is imported; undefined when it cannot be followed. */
  module(specifier: string, from: SourceModule): ObjectValue | undefined;
  /** The text of a file that the migration reads. */
  file(path: string): CodeValue | undefined;
  /** Runs an SQL text that is sent by itself: `` sql`…`.execute(db) ``. */
  statement(sql: CodeValue, site: Site): void;
  /** An object of the library is handed to code that is not followed. */
  escaped(args: readonly CodeValue[], site: Site): void;
  /** From here on changes may or may not be made. */
  doubtful(begins: boolean): void;
  /** Is this name the dialect of the migrations? Undefined when the dialect is not known. */
  isDialect(name: string): boolean | undefined;
}

/** The migration takes more steps than can be followed. */
export class Exhausted extends Error {}

type Completion = { readonly kind: "return"; readonly value: CodeValue } | { readonly kind: "break" | "continue"; readonly label: string | undefined } | { readonly kind: "throw" } | undefined;

interface Frame {
  /** A return under a condition of the program: what follows in this function is doubtful. */
  doubted: boolean;
}

export class Machine {
  readonly surroundings: Surroundings;
  #steps = 0;
  #limit = MAX_STEPS;
  #calls = 0;
  /** Undecided branches around the current place. */
  #branch = 0;
  #frame: Frame = { doubted: false };

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
  }

  /** Begins with the next migration: its steps count anew. */
  begin(): void {
    this.#steps = 0;
    this.#calls = 0;
    this.#branch = 0;
    this.#frame = { doubted: false };
  }

  /** Runs the top level of a module that a migration imports; its steps do not count as the migration's. */
  evaluateImport(module: SourceModule, exports: ObjectValue): void {
    const [steps, calls, branch, frame, limit] = [this.#steps, this.#calls, this.#branch, this.#frame, this.#limit];
    this.#limit = MAX_IMPORT_STEPS;
    this.begin();
    try {
      this.evaluateModule(module, exports);
    } finally {
      this.#limit = limit;
      [this.#steps, this.#calls, this.#branch, this.#frame] = [steps, calls, branch, frame];
    }
  }

  /** Runs the top level of a module. `exports` is filled as it goes. */
  evaluateModule(module: SourceModule, exports: ObjectValue): void {
    const scope = new Environment();
    const own = object([["exports", exports]]);
    scope.declare("module", own);
    scope.declare("exports", exports);
    scope.declare("__dirname", text(directoryOf(module.path)));
    scope.declare("__filename", text(module.path));
    this.#hoist(module.program.body, module, scope);
    for (const statement of module.program.body) {
      if (this.#statement(statement, module, scope) !== undefined) break;
      this.#export(statement, module, scope, exports);
    }
    const whole = own.entries.get("exports");
    if (whole === undefined || whole === exports) return;
    if (whole.kind === "object") for (const [name, value] of whole.entries) exports.entries.set(name, value);
    exports.entries.set("module.exports", whole);
  }

  /** Calls a function of the code; a value that is none is left alone. */
  invoke(callee: CodeValue, args: readonly CodeValue[], site: Site): CodeValue {
    if (callee.kind === "native") return callee.run(args, site);
    if (callee.kind === "receiver") return callee.receiver.call("", args, site);
    if (callee.kind !== "function") return FROM_PROGRAM;
    if (this.#calls >= MAX_CALLS) return FROM_PROGRAM;
    const { node, module } = callee;
    const scope = new Environment(callee.scope);
    if (callee.self !== undefined) scope.declare("this", callee.self);
    const outer = this.#frame;
    this.#frame = { doubted: false };
    this.#calls++;
    try {
      for (const [position, parameter] of node.params.entries()) {
        if (parameter.type === "RestElement") this.#bind(parameter.argument, list(args.slice(position)), module, scope);
        else this.#bind(parameter, args[position] ?? NOTHING, module, scope);
      }
      if (node.body.type !== "BlockStatement") return this.evaluate(node.body, module, scope);
      this.#hoist(node.body.body, module, scope);
      const done = this.#block(node.body.body, module, scope);
      return done?.kind === "return" ? done.value : NOTHING;
    } finally {
      if (this.#frame.doubted) this.surroundings.doubtful(false);
      this.#calls--;
      this.#frame = outer;
    }
  }

  /** Makes an object of a class of the code. */
  instantiate(made: ClassValue, args: readonly CodeValue[], site: Site): ObjectValue {
    const self = object();
    this.#construct(made, self, args, site, 0);
    return self;
  }

  #construct(made: ClassValue, self: ObjectValue, args: readonly CodeValue[], site: Site, depth: number): void {
    const { node, module, scope } = made;
    if (node.superClass && depth < 6) {
      const above = this.evaluate(node.superClass, module, scope);
      if (above.kind === "class") this.#construct(above, self, args, site, depth + 1);
      else if (above.kind === "external") {
        const base = this.surroundings.inherited(above.specifier, above.path);
        if (base) self.base = base;
        self.open = true;
      } else self.open = true;
    }
    const inner = new Environment(scope);
    inner.declare("this", self);
    for (const member of node.body.body) {
      if ("static" in member && member.static) continue;
      if (member.type === "MethodDefinition" && isFunction(member.value)) {
        const name = keyName(member);
        if (name !== undefined && member.kind === "method") self.entries.set(name, { kind: "function", node: member.value, module, scope: inner, self });
      } else if (member.type === "PropertyDefinition") {
        const name = keyName(member);
        if (name !== undefined) self.entries.set(name, member.value ? this.evaluate(member.value, module, inner) : NOTHING);
      }
    }
    const constructor = node.body.body.find((member) => member.type === "MethodDefinition" && member.kind === "constructor");
    if (constructor?.type === "MethodDefinition" && isFunction(constructor.value)) this.invoke({ kind: "function", node: constructor.value, module, scope: inner, self }, args, site);
  }

  // Statements

  #hoist(statements: readonly Node[], module: SourceModule, scope: Environment): void {
    for (const statement of statements) {
      const declaration = statement.type === "ExportNamedDeclaration" || statement.type === "ExportDefaultDeclaration" ? statement.declaration : statement;
      if (declaration?.type === "FunctionDeclaration" && declaration.id) scope.declare(declaration.id.name, { kind: "function", node: declaration, module, scope }, this.#branch);
      if (statement.type === "ImportDeclaration") this.#import(statement, module, scope);
    }
  }

  #import(statement: TSESTree.ImportDeclaration, module: SourceModule, scope: Environment): void {
    const specifier = statement.source.value;
    for (const item of statement.specifiers) {
      const name = item.type === "ImportSpecifier" ? (item.imported.type === "Identifier" ? item.imported.name : item.imported.value) : item.type === "ImportDefaultSpecifier" ? "default" : undefined;
      scope.declareLater(item.local.name, () => {
        const whole = this.#imported(specifier, module);
        return name === undefined ? whole : this.member(whole, name);
      });
    }
  }

  #imported(specifier: string, module: SourceModule): CodeValue {
    if (!specifier.startsWith(".")) return { kind: "external", specifier: specifier.replace(/^node:/u, ""), path: [] };
    return this.surroundings.module(specifier, module) ?? { kind: "external", specifier, path: [] };
  }

  #export(statement: Node, module: SourceModule, scope: Environment, exports: ObjectValue): void {
    switch (statement.type) {
      case "ExportDefaultDeclaration": {
        const { declaration } = statement;
        const value = this.evaluate(declaration, module, scope);
        exports.entries.set("default", value);
        return;
      }
      case "ExportNamedDeclaration": {
        if (statement.source) {
          const from = this.#imported(statement.source.value, module);
          for (const item of statement.specifiers) exports.entries.set(exportName(item.exported), this.member(from, exportName(item.local)));
          return;
        }
        for (const item of statement.specifiers) exports.entries.set(exportName(item.exported), scope.get(exportName(item.local)) ?? FROM_PROGRAM);
        const { declaration } = statement;
        if (declaration?.type === "VariableDeclaration") {
          for (const { id } of declaration.declarations) if (id.type === "Identifier") exports.entries.set(id.name, scope.get(id.name) ?? FROM_PROGRAM);
        } else if ((declaration?.type === "FunctionDeclaration" || declaration?.type === "ClassDeclaration" || declaration?.type === "TSEnumDeclaration") && declaration.id) {
          exports.entries.set(declaration.id.name, scope.get(declaration.id.name) ?? FROM_PROGRAM);
        }
        return;
      }
      case "ExportAllDeclaration": {
        const from = this.#imported(statement.source.value, module);
        if (statement.exported) exports.entries.set(exportName(statement.exported), from);
        else if (from.kind === "object") for (const [name, value] of from.entries) exports.entries.set(name, value);
        else exports.open = true;
        return;
      }
      default:
        return;
    }
  }

  #block(statements: readonly Node[], module: SourceModule, scope: Environment): Completion {
    for (const statement of statements) {
      const done = this.#statement(statement, module, scope);
      if (done !== undefined) return done;
    }
    return undefined;
  }

  #statement(node: Node, module: SourceModule, scope: Environment): Completion {
    this.#step();
    switch (node.type) {
      case "ExpressionStatement":
        this.evaluate(node.expression, module, scope);
        return undefined;
      case "VariableDeclaration":
        for (const { id, init } of node.declarations) this.#bind(id, init ? this.evaluate(init, module, scope) : NOTHING, module, scope);
        return undefined;
      case "ClassDeclaration":
        if (node.id) scope.declare(node.id.name, { kind: "class", node, module, scope }, this.#branch);
        return undefined;
      case "TSEnumDeclaration":
        scope.declare(node.id.name, this.#enumeration(node, module, scope), this.#branch);
        return undefined;
      case "ExportNamedDeclaration":
      case "ExportDefaultDeclaration":
        return node.declaration && (node.declaration.type === "VariableDeclaration" || node.declaration.type === "ClassDeclaration" || node.declaration.type === "TSEnumDeclaration") ? this.#statement(node.declaration, module, scope) : undefined;
      case "ReturnStatement":
        return { kind: "return", value: node.argument ? this.evaluate(node.argument, module, scope) : NOTHING };
      case "ThrowStatement":
        return { kind: "throw" };
      case "BreakStatement":
      case "ContinueStatement":
        return { kind: node.type === "BreakStatement" ? "break" : "continue", label: node.label?.name };
      case "BlockStatement": {
        const inner = new Environment(scope);
        this.#hoist(node.body, module, inner);
        return this.#block(node.body, module, inner);
      }
      case "IfStatement":
        return this.#decide(this.evaluate(node.test, module, scope), [() => this.#statement(node.consequent, module, scope), () => (node.alternate ? this.#statement(node.alternate, module, scope) : undefined)]);
      case "TryStatement": {
        const done = this.#statement(node.block, module, scope);
        const last = node.finalizer ? this.#statement(node.finalizer, module, scope) : undefined;
        // What a handler does, it does only when something fails.
        return last ?? (done?.kind === "throw" && node.handler ? undefined : done);
      }
      case "LabeledStatement":
        return this.#statement(node.body, module, scope);
      case "SwitchStatement":
        return this.#switch(node, module, scope);
      case "ForOfStatement":
      case "ForInStatement":
        return this.#forEach(node, module, scope);
      case "ForStatement": {
        const inner = new Environment(scope);
        if (node.init) {
          if (node.init.type === "VariableDeclaration") this.#statement(node.init, module, inner);
          else this.evaluate(node.init, module, inner);
        }
        return this.#repeat(node.test, node.body, node.update, module, inner);
      }
      case "WhileStatement":
        return this.#repeat(node.test, node.body, null, module, scope);
      case "DoWhileStatement":
        return loopEnd(this.#statement(node.body, module, scope));
      default:
        return undefined;
    }
  }

  /** Goes the way that a condition decides, or both. */
  #decide(test: CodeValue, ways: readonly [() => Completion, () => Completion]): Completion {
    const truth = truthOf(test);
    if (truth !== undefined) return ways[truth ? 0 : 1]();
    const isProgram = !(test.kind === "unknown" && test.source === "database");
    const ends = this.#undecided(isProgram, () => ways.map((way) => way()));
    const [first, second] = ends;
    if (first?.kind === "return" && second?.kind === "return") return { kind: "return", value: unknownFrom([test]) };
    if (first !== undefined && second !== undefined) return first.kind === "throw" ? second : first;
    if (isProgram && (first?.kind === "return" || second?.kind === "return") && !this.#frame.doubted) {
      this.#frame.doubted = true;
      this.surroundings.doubtful(true);
    }
    return undefined;
  }

  #undecided<T>(isProgram: boolean, run: () => T): T {
    this.#branch++;
    if (isProgram) this.surroundings.doubtful(true);
    try {
      return run();
    } finally {
      if (isProgram) this.surroundings.doubtful(false);
      this.#branch--;
    }
  }

  #switch(node: TSESTree.SwitchStatement, module: SourceModule, scope: Environment): Completion {
    const subject = this.evaluate(node.discriminant, module, scope);
    const inner = new Environment(scope);
    const matches = node.cases.map((branch) => (branch.test ? truthOf(this.compare("===", subject, this.evaluate(branch.test, module, inner))) : false));
    const run = (from: number): Completion => {
      for (const branch of node.cases.slice(from)) {
        const done = this.#block(branch.consequent, module, inner);
        if (done !== undefined) return done.kind === "break" && done.label === undefined ? undefined : done;
      }
      return undefined;
    };
    const first = matches.findIndex((match) => match !== false);
    const fallback = node.cases.findIndex((branch) => branch.test === null);
    if (first === -1) return fallback === -1 ? undefined : run(fallback);
    if (matches[first] === true) return run(first);
    this.#undecided(!(subject.kind === "unknown" && subject.source === "database"), () => {
      for (const [position, match] of matches.entries()) if (match !== false || position === fallback) run(position);
    });
    return undefined;
  }

  #forEach(node: TSESTree.ForOfStatement | TSESTree.ForInStatement, module: SourceModule, scope: Environment): Completion {
    const over = this.evaluate(node.right, module, scope);
    const known = node.type === "ForOfStatement" ? over : over.kind === "object" ? list([...over.entries.keys()].map((key) => text(key)), over.open) : FROM_PROGRAM;
    const rounds = known.kind === "list" ? [...known.items.slice(0, MAX_ROUNDS), ...(known.open || known.items.length > MAX_ROUNDS ? [FROM_PROGRAM] : [])] : [unknownFrom([over])];
    const isOpen = known.kind !== "list" || known.open;
    for (const item of rounds) {
      const inner = new Environment(scope);
      const round = (): Completion => {
        if (node.left.type === "VariableDeclaration") {
          const [declarator] = node.left.declarations;
          if (declarator) this.#bind(declarator.id, item, module, inner);
        } else this.#assign(node.left, item, module, scope);
        return this.#statement(node.body, module, inner);
      };
      const done = isOpen && item.kind === "unknown" ? this.#openRound(round) : round();
      const end = loopEnd(done);
      if (end !== undefined) return end;
      if (done?.kind === "break") return undefined;
    }
    return undefined;
  }

  /** A round that may happen any number of times: what it assigns is not known afterwards. */
  #openRound(round: () => Completion): Completion {
    this.#branch++;
    try {
      const done = round();
      return done?.kind === "return" || done?.kind === "throw" ? undefined : done;
    } finally {
      this.#branch--;
    }
  }

  #repeat(test: Node | null, body: Node, update: Node | null, module: SourceModule, scope: Environment): Completion {
    // `while (true)` ends by something that is not known, after any number of rounds.
    const isEndless = test === null || unwrap(test).type === "Literal";
    if (isEndless) {
      const done = this.#openRound(() => this.#statement(body, module, scope));
      return loopEnd(done);
    }
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const truth = truthOf(this.evaluate(test, module, scope));
      if (truth === false) return undefined;
      const done = truth === true ? this.#statement(body, module, scope) : this.#openRound(() => this.#statement(body, module, scope));
      const end = loopEnd(done);
      if (end !== undefined) return end;
      if (done?.kind === "break" || truth === undefined) return undefined;
      if (update) this.evaluate(update, module, scope);
    }
    throw new Exhausted("a loop that does not end");
  }

  // Patterns

  #bind(pattern: Node, value: CodeValue, module: SourceModule, scope: Environment): void {
    switch (pattern.type) {
      case "Identifier":
        scope.declare(pattern.name, value, this.#branch);
        return;
      case "AssignmentPattern":
        this.#bind(pattern.left, this.#orDefault(value, pattern.right, module, scope), module, scope);
        return;
      case "TSParameterProperty":
        this.#bind(pattern.parameter, value, module, scope);
        return;
      case "ObjectPattern": {
        const taken = new Set<string>();
        for (const property of pattern.properties) {
          if (property.type === "RestElement") {
            const rest = value.kind === "object" ? object([...value.entries].filter(([key]) => !taken.has(key)), value.open) : unknownFrom([value]);
            this.#bind(property.argument, rest, module, scope);
            continue;
          }
          const name = keyName(property);
          if (name !== undefined) taken.add(name);
          this.#bind(property.value, name === undefined ? FROM_PROGRAM : this.member(value, name), module, scope);
        }
        return;
      }
      case "ArrayPattern":
        for (const [position, element] of pattern.elements.entries()) {
          if (element === null) continue;
          if (element.type === "RestElement") this.#bind(element.argument, value.kind === "list" ? list(value.items.slice(position), value.open) : unknownFrom([value]), module, scope);
          else this.#bind(element, this.member(value, String(position)), module, scope);
        }
        return;
      default:
        return;
    }
  }

  #orDefault(value: CodeValue, otherwise: Node, module: SourceModule, scope: Environment): CodeValue {
    return value.kind === "constant" && value.value === undefined ? this.evaluate(otherwise, module, scope) : value;
  }

  #assign(target: Node, value: CodeValue, module: SourceModule, scope: Environment): void {
    const inner = unwrap(target);
    if (inner.type === "Identifier") scope.assign(inner.name, value, this.#branch, unknownFrom([value]));
    else if (inner.type === "MemberExpression") {
      const owner = this.evaluate(inner.object, module, scope);
      const name = memberName(inner) ?? knownText(inner.computed ? this.evaluate(inner.property, module, scope) : undefined);
      if (owner.kind === "object") {
        if (name === undefined) owner.open = true;
        else owner.entries.set(name, value);
      } else if (owner.kind === "list") owner.open = true;
    } else if (inner.type === "ObjectPattern" || inner.type === "ArrayPattern") this.#bind(inner, value, module, scope);
  }

  // Expressions

  evaluate(node: Node, module: SourceModule, scope: Environment): CodeValue {
    this.#step();
    const inner = unwrap(node);
    switch (inner.type) {
      case "Literal":
        if (typeof inner.value === "string") return text(inner.value, originOf(inner.range[0] + 1, module));
        if (inner.value instanceof RegExp) return { kind: "pattern", pattern: inner.value };
        return typeof inner.value === "object" && inner.value !== null ? FROM_PROGRAM : constant(inner.value);
      case "TemplateLiteral":
        return this.#template(inner, module, scope, false);
      case "TaggedTemplateExpression":
        return this.#tagged(inner, module, scope);
      case "Identifier":
        return this.#identifier(inner.name, scope);
      case "ThisExpression":
        return scope.get("this") ?? FROM_PROGRAM;
      case "AwaitExpression":
      case "YieldExpression":
        return inner.argument ? this.evaluate(inner.argument, module, scope) : NOTHING;
      case "ArrayExpression": {
        const made = list([]);
        for (const element of inner.elements) {
          if (element === null) made.items.push(NOTHING);
          else if (element.type === "SpreadElement") this.#spread(made, this.evaluate(element.argument, module, scope));
          else made.items.push(this.evaluate(element, module, scope));
        }
        return made;
      }
      case "ObjectExpression":
        return this.#object(inner, module, scope);
      case "FunctionExpression":
      case "FunctionDeclaration":
        return this.#functionOf(inner, module, scope);
      case "ArrowFunctionExpression":
        return { kind: "function", node: inner, module, scope };
      case "ClassExpression":
      case "ClassDeclaration":
        return { kind: "class", node: inner, module, scope };
      case "MemberExpression":
        return this.#memberExpression(inner, module, scope);
      case "CallExpression":
        return this.#call(inner, module, scope);
      case "NewExpression":
        return this.#new(inner, module, scope);
      case "ImportExpression": {
        const specifier = knownText(this.evaluate(inner.source, module, scope));
        return specifier === undefined ? FROM_PROGRAM : this.#imported(specifier, module);
      }
      case "AssignmentExpression": {
        const value = this.evaluate(inner.right, module, scope);
        if (inner.operator === "=") {
          this.#assign(inner.left, value, module, scope);
          return value;
        }
        const before = this.evaluate(inner.left, module, scope);
        const after = inner.operator === "+=" ? add(before, value) : unknownFrom([before, value]);
        this.#assign(inner.left, after, module, scope);
        return after;
      }
      case "UpdateExpression": {
        const before = this.evaluate(inner.argument, module, scope);
        const after = before.kind === "constant" && typeof before.value === "number" ? constant(before.value + (inner.operator === "++" ? 1 : -1)) : unknownFrom([before]);
        this.#assign(inner.argument, after, module, scope);
        return inner.prefix ? after : before;
      }
      case "UnaryExpression": {
        const value = this.evaluate(inner.argument, module, scope);
        if (inner.operator === "!") {
          const truth = truthOf(value);
          return truth === undefined ? unknownFrom([value]) : constant(!truth);
        }
        if (inner.operator === "void") return NOTHING;
        if (inner.operator === "-" && value.kind === "constant" && typeof value.value === "number") return constant(-value.value);
        return unknownFrom([value]);
      }
      case "BinaryExpression": {
        const left = this.evaluate(inner.left, module, scope);
        const right = this.evaluate(inner.right, module, scope);
        return inner.operator === "+" ? add(left, right) : this.compare(inner.operator, left, right);
      }
      case "LogicalExpression":
        return this.#logical(inner, module, scope);
      case "ConditionalExpression": {
        let found: CodeValue | undefined;
        const ways: CodeValue[] = [];
        const test = this.evaluate(inner.test, module, scope);
        const way = (branch: Node) => (): Completion => {
          found = this.evaluate(branch, module, scope);
          ways.push(found);
          return undefined;
        };
        this.#decide(test, [way(inner.consequent), way(inner.alternate)]);
        const [first, second] = ways;
        if (second === undefined) return found ?? NOTHING;
        return first?.kind === "text" && second.kind === "text" && first.value === second.value ? first : unknownFrom([test, first, second]);
      }
      case "SequenceExpression":
        return inner.expressions.map((expression) => this.evaluate(expression, module, scope)).at(-1) ?? NOTHING;
      default:
        return FROM_PROGRAM;
    }
  }

  #functionOf(node: FunctionNode, module: SourceModule, scope: Environment): FunctionValue {
    const self = scope.get("this");
    return { kind: "function", node, module, scope, ...(self !== undefined && { self }) };
  }

  #identifier(name: string, scope: Environment): CodeValue {
    if (name === "undefined") return NOTHING;
    return scope.get(name) ?? { kind: "external", specifier: "", path: [name] };
  }

  #spread(into: { readonly items: CodeValue[]; open: boolean }, value: CodeValue): void {
    if (value.kind === "list") {
      this.charge(value.items.length);
      for (const item of value.items) into.items.push(item);
      into.open ||= value.open;
    } else into.open = true;
  }

  #object(node: TSESTree.ObjectExpression, module: SourceModule, scope: Environment): ObjectValue {
    const made = object();
    for (const property of node.properties) {
      if (property.type === "SpreadElement") {
        const spread = this.evaluate(property.argument, module, scope);
        if (spread.kind === "object") {
          this.charge(spread.entries.size);
          for (const [key, value] of spread.entries) made.entries.set(key, value);
          made.open ||= spread.open;
        } else if (truthOf(spread) !== false) made.open = true;
        continue;
      }
      const key = keyName(property) ?? this.#computedKey(property.key, module, scope);
      const value = isFunction(property.value) && property.value.type === "FunctionExpression" ? { kind: "function" as const, node: property.value, module, scope, self: made } : this.evaluate(property.value, module, scope);
      if (key === undefined) made.open = true;
      else made.entries.set(key, value);
    }
    return made;
  }

  /** `[name]` with a known name; `[Op.ne]` is `Op.ne`. */
  #computedKey(key: Node, module: SourceModule, scope: Environment): string | undefined {
    const value = this.evaluate(key, module, scope);
    if (value.kind === "external") return value.path.slice(-2).join(".");
    return value.kind === "constant" && typeof value.value === "number" ? String(value.value) : knownText(value);
  }

  #template(node: TSESTree.TemplateLiteral, module: SourceModule, scope: Environment, isSql: boolean): CodeValue {
    let made: CodeValue = text("");
    for (const [position, quasi] of node.quasis.entries()) {
      made = add(made, text(quasi.value.cooked ?? quasi.value.raw, originOf(quasi.range[0] + 1, module)));
      const hole = node.expressions[position];
      if (hole === undefined) continue;
      const value = this.evaluate(hole, module, scope);
      made = add(made, isSql && value.kind === "text" ? text(`'${value.value.replaceAll("'", "''")}'`) : value, true);
    }
    return made;
  }

  /** A tagged template: SQL, whatever library's tag it is. */
  #tagged(node: TSESTree.TaggedTemplateExpression, module: SourceModule, scope: Environment): CodeValue {
    const tag = this.evaluate(node.tag, module, scope);
    if (tag.kind === "receiver") return tag.receiver.call("", [this.#template(node.quasi, module, scope, true)], { node, module });
    const made = this.#template(node.quasi, module, scope, tag.kind === "external" && tag.path[0] !== "String");
    return made.kind === "text" ? { kind: "sql", text: made.value, ...(made.origin !== undefined && { origin: made.origin }), ...(made.mentions !== undefined && { mentions: made.mentions }) } : made;
  }

  #memberExpression(node: TSESTree.MemberExpression, module: SourceModule, scope: Environment): CodeValue {
    const owner = this.evaluate(node.object, module, scope);
    const name = memberName(node) ?? this.#memberOf(node, module, scope);
    return name === undefined ? unknownFrom([owner]) : this.member(owner, name);
  }

  #memberOf(node: TSESTree.MemberExpression, module: SourceModule, scope: Environment): string | undefined {
    if (!node.computed) return undefined;
    const value = this.evaluate(node.property, module, scope);
    return value.kind === "constant" && typeof value.value === "number" ? String(value.value) : knownText(value);
  }

  /** A property of a value. */
  member(owner: CodeValue, name: string): CodeValue {
    switch (owner.kind) {
      case "object": {
        const found = owner.entries.get(name);
        if (found !== undefined) return found;
        // `import x from` a module that assigns to module.exports
        if (name === "default" && !owner.entries.has("default")) return owner.entries.get("module.exports") ?? owner;
        const { base } = owner;
        if (base !== undefined) return base.get(name) ?? { kind: "native", run: (args, site) => base.call(name, args, site) };
        return owner.open ? { ...FROM_PROGRAM, name } : NOTHING;
      }
      case "list":
        if (name === "length") return owner.open ? FROM_PROGRAM : constant(owner.items.length);
        return /^\d+$/u.test(name) ? (owner.items[Number(name)] ?? (owner.open ? FROM_PROGRAM : NOTHING)) : unknownFrom([owner]);
      case "text":
        return name === "length" && !owner.value.includes(HOLE) ? constant(owner.value.length) : unknownFrom([owner]);
      case "receiver": {
        const { receiver } = owner;
        return receiver.get(name) ?? { kind: "native", run: (args, site) => receiver.call(name, args, site) };
      }
      case "external":
        return { ...owner, path: name === "default" && owner.path.length === 0 ? owner.path : [...owner.path, name] };
      case "unknown":
        return { ...owner, name };
      case "class": {
        const member = owner.node.body.body.find((candidate) => "static" in candidate && candidate.static && "key" in candidate && keyName(candidate) === name);
        if (member?.type === "MethodDefinition" && isFunction(member.value)) return { kind: "function", node: member.value, module: owner.module, scope: owner.scope, self: owner };
        if (member?.type === "PropertyDefinition" && member.value) return this.evaluate(member.value, owner.module, owner.scope);
        return FROM_PROGRAM;
      }
      default:
        return { ...FROM_PROGRAM, name };
    }
  }

  #arguments(nodes: readonly Node[], module: SourceModule, scope: Environment): readonly CodeValue[] {
    const made = list([]);
    for (const node of nodes) {
      if (node.type === "SpreadElement") this.#spread(made, this.evaluate(node.argument, module, scope));
      else made.items.push(this.evaluate(node, module, scope));
    }
    if (made.open) made.items.push(FROM_PROGRAM);
    return made.items;
  }

  #call(node: TSESTree.CallExpression, module: SourceModule, scope: Environment): CodeValue {
    const site: Site = { node, module };
    const callee = unwrap(node.callee);
    if (callee.type === "Identifier" && callee.name === "require") {
      const specifier = node.arguments[0] === undefined ? undefined : knownText(this.evaluate(node.arguments[0], module, scope));
      if (specifier === undefined) return FROM_PROGRAM;
      const whole = this.#imported(specifier, module);
      return whole.kind === "object" ? (whole.entries.get("module.exports") ?? whole) : whole;
    }
    if (callee.type === "Super") return NOTHING;
    if (callee.type === "MemberExpression") {
      const owner = callee.object.type === "Super" ? (scope.get("this") ?? FROM_PROGRAM) : this.evaluate(callee.object, module, scope);
      const name = memberName(callee) ?? this.#memberOf(callee, module, scope);
      if (node.optional && truthOf(owner) === false) return NOTHING;
      return this.callMethod(owner, name, this.#arguments(node.arguments, module, scope), site);
    }
    return this.#callValue(this.evaluate(callee, module, scope), this.#arguments(node.arguments, module, scope), site);
  }

  /** `owner.name(…)` */
  callMethod(owner: CodeValue, name: string | undefined, args: readonly CodeValue[], site: Site): CodeValue {
    if (name === "then" || name === "catch" || name === "finally") {
      const isOwn = owner.kind === "object" && owner.entries.has(name);
      if (!isOwn) return name === "then" && args[0] !== undefined ? this.invoke(args[0], [owner.kind === "receiver" ? FROM_DATABASE : owner], site) : name === "finally" && args[0] !== undefined ? this.invoke(args[0], [], site) : owner;
    }
    if (name === undefined) return this.#callValue(unknownFrom([owner]), args, site);
    if (owner.kind === "receiver") return owner.receiver.call(name, args, site);
    const builtin = callBuiltin(this, owner, name, args, site);
    if (builtin !== undefined) return builtin;
    if (owner.kind === "sql") {
      if (name === "execute") this.surroundings.statement(owner, site);
      return name === "execute" ? FROM_DATABASE : owner;
    }
    if (owner.kind === "object" && !owner.entries.has(name) && owner.base) return owner.base.call(name, args, site);
    if ((owner.kind === "function" || owner.kind === "native") && (name === "bind" || name === "call" || name === "apply")) {
      if (name === "bind") return { kind: "native", bound: true, run: (more, at) => this.invoke(owner, [...args.slice(1), ...more], at) };
      return this.invoke(owner, name === "call" ? args.slice(1) : args[1]?.kind === "list" ? args[1].items : [], site);
    }
    return this.#callValue(this.member(owner, name), args, site);
  }

  #callValue(callee: CodeValue, args: readonly CodeValue[], site: Site): CodeValue {
    if (callee.kind === "function" || callee.kind === "native" || callee.kind === "receiver") return this.invoke(callee, args, site);
    if (callee.kind === "external") {
      const known = this.surroundings.external(callee.specifier, callee.path, args, site);
      if (known !== undefined) return known;
    }
    this.surroundings.escaped(args, site);
    // What is handed over may be called: `rows.map((row) => …)`, `resolve => …`.
    for (const arg of args.flatMap((one) => (one.kind === "list" ? one.items : [one]))) {
      const isOwn = arg.kind === "function" || (arg.kind === "native" && arg.bound === true);
      if (isOwn) this.#openRound(() => ({ kind: "return", value: this.invoke(arg, arg.kind === "native" ? [] : [unknownFrom([callee]), unknownFrom([callee])], site) }));
    }
    const made = unknownFrom([callee, ...args]);
    return callee.kind === "unknown" && callee.source === "database" ? { ...made, source: "database" } : made;
  }

  #new(node: TSESTree.NewExpression, module: SourceModule, scope: Environment): CodeValue {
    const site: Site = { node, module };
    const callee = this.evaluate(node.callee, module, scope);
    const args = this.#arguments(node.arguments, module, scope);
    if (callee.kind === "class") return this.instantiate(callee, args, site);
    // Also one that the tool hands over under this name.
    if (unwrap(node.callee).type === "Identifier" && module.text.slice(...node.callee.range) === "Promise") return this.#promise(args, site);
    if (callee.kind === "external") {
      if (callee.specifier === "" && (callee.path[0] === "Set" || callee.path[0] === "Array")) return args[0]?.kind === "list" ? args[0] : list([], args.length > 0);
      const known = this.surroundings.external(callee.specifier, callee.path, args, site);
      if (known !== undefined) return known;
      const [shape] = args;
      const name = callee.path.at(-1);
      if (shape?.kind === "object" && name !== undefined) return { ...shape, made: name };
    }
    this.surroundings.escaped(args, site);
    return unknownFrom(args);
  }

  #promise(args: readonly CodeValue[], site: Site): CodeValue {
    let settled: CodeValue = FROM_PROGRAM;
    const resolve: CodeValue = {
      kind: "native",
      run: ([value]) => {
        settled = value ?? NOTHING;
        return NOTHING;
      },
    };
    if (args[0] !== undefined) this.invoke(args[0], [resolve, { kind: "native", run: () => NOTHING }], site);
    return settled;
  }

  #logical(node: TSESTree.LogicalExpression, module: SourceModule, scope: Environment): CodeValue {
    const left = this.evaluate(node.left, module, scope);
    const truth = node.operator === "??" ? (left.kind === "unknown" || left.kind === "external" ? undefined : !(left.kind === "constant" && (left.value === undefined || left.value === null))) : truthOf(left);
    if (truth === undefined) {
      const right = this.#undecided(!(left.kind === "unknown" && left.source === "database"), () => this.evaluate(node.right, module, scope));
      return left.kind === "external" && node.operator !== "&&" ? left : unknownFrom([left, right]);
    }
    return truth === (node.operator === "&&") ? this.evaluate(node.right, module, scope) : left;
  }

  /** The value of a comparison or a calculation. */
  compare(operator: string, left: CodeValue, right: CodeValue): CodeValue {
    if (left.kind === "dialect" || right.kind === "dialect") return this.#compareDialect(operator, left.kind === "dialect" ? right : left);
    // `env.DB_CLIENT === "mysql"`: whatever is compared with the name of a dialect, is one.
    const asked = [left, right].find((side) => knownText(side) !== undefined && this.surroundings.isDialect(knownText(side) ?? "") !== undefined);
    if (asked !== undefined && (left.kind === "unknown" || right.kind === "unknown" || left.kind === "external" || right.kind === "external")) return this.#compareDialect(operator, asked);
    const [first, second] = [plain(left), plain(right)];
    if (first === undefined || second === undefined) return unknownFrom([left, right]);
    const [a, b] = [first.value, second.value];
    switch (operator) {
      case "===":
      case "==":
        return constant(a === b);
      case "!==":
      case "!=":
        return constant(a !== b);
      default:
        break;
    }
    if (typeof a !== "number" || typeof b !== "number") return unknownFrom([left, right]);
    switch (operator) {
      case "<":
        return constant(a < b);
      case "<=":
        return constant(a <= b);
      case ">":
        return constant(a > b);
      case ">=":
        return constant(a >= b);
      case "-":
        return constant(a - b);
      case "*":
        return constant(a * b);
      default:
        return unknownFrom([left, right]);
    }
  }

  #compareDialect(operator: string, other: CodeValue): CodeValue {
    const name = knownText(other) ?? (other.kind === "external" ? other.path.at(-1) : other.kind === "unknown" ? other.name : undefined);
    const is = name === undefined ? undefined : this.surroundings.isDialect(name);
    if (is === undefined) return FROM_PROGRAM;
    return operator.startsWith("!") ? constant(!is) : operator.startsWith("==") ? constant(is) : FROM_PROGRAM;
  }

  #enumeration(node: TSESTree.TSEnumDeclaration, module: SourceModule, scope: Environment): ObjectValue {
    const made = object();
    for (const member of node.body.members) {
      const name = member.id.type === "Identifier" ? member.id.name : member.id.type === "Literal" && typeof member.id.value === "string" ? member.id.value : undefined;
      if (name !== undefined) made.entries.set(name, member.initializer ? this.evaluate(member.initializer, module, scope) : FROM_PROGRAM);
    }
    return made;
  }

  /** Counts work that is more than one step: lists that are copied. */
  charge(steps: number): void {
    this.#steps += steps;
    this.#step();
  }

  #step(): void {
    if (++this.#steps > this.#limit) throw new Exhausted("more steps than can be followed");
  }
}

function exportName(node: Node): string {
  return node.type === "Identifier" ? node.name : node.type === "Literal" && typeof node.value === "string" ? node.value : "";
}

function directoryOf(file: string): string {
  return file.replace(/[\\/][^\\/]*$/u, "");
}

/** What a completion of a body means for what follows its loop. */
function loopEnd(done: Completion): Completion {
  return done?.kind === "return" || done?.kind === "throw" ? done : undefined;
}

function originOf(from: number, module: SourceModule): Origin {
  return (at) => ({ file: module.path, line: module.lineOf(from + at), kind: "code" });
}

function plain(value: CodeValue): { readonly value: unknown } | undefined {
  if (value.kind === "constant") return { value: value.value };
  const known = knownText(value);
  return known === undefined ? undefined : { value: known };
}

/** `a + b`. In a template everything becomes text. */
export function add(left: CodeValue, right: CodeValue, inTemplate = false): CodeValue {
  if (!inTemplate && left.kind === "constant" && right.kind === "constant" && typeof left.value === "number" && typeof right.value === "number") return constant(left.value + right.value);
  if (left.kind !== "text" && right.kind !== "text" && left.kind !== "sql" && right.kind !== "sql") return unknownFrom([left, right]);
  const [before, after] = [written(left), written(right)];
  if (before.value.length + after.value.length > MAX_TEXT) return text(HOLE);
  const value = before.value + after.value;
  const split = before.value.length;
  if (split === 0) return { ...after, value };
  if (after.value === "") return before;
  const { origin: first } = before;
  const { origin: second } = after;
  const mentions = [...new Set([...(before.mentions ?? []), ...(after.mentions ?? [])])].slice(0, MAX_TEXT_MENTIONS);
  const known = first ?? second;
  return {
    kind: "text",
    value,
    ...(known !== undefined && { origin: (at: number) => (at < split || second === undefined ? known(at) : second(at - split)) }),
    ...(mentions.length > 0 && { mentions }),
  };
}

function written(value: CodeValue): TextValue {
  switch (value.kind) {
    case "text":
      return value;
    case "sql":
      return { kind: "text", value: value.text, ...(value.origin !== undefined && { origin: value.origin }), ...(value.mentions !== undefined && { mentions: value.mentions }) };
    case "unknown":
      return { kind: "text", value: HOLE, ...(value.mentions !== undefined && { mentions: value.mentions }) };
    case "constant":
      return text(String(value.value));
    case "list": {
      // `${["a", "b"]}` joins with commas.
      const parts = value.items.map((item) => written(item).value);
      return text(value.open ? [...parts, HOLE].join(",") : parts.join(","));
    }
    default:
      return text(HOLE);
  }
}

