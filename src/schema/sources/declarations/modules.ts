/**
 * The modules that declare a schema, and those they take classes, constants and decorators from: what a name means at a
 * place, through imports and re-exports. Further modules are parsed when a name leads into them.
 */
import { contains, isClass, isFunction, keyName, literalString, memberName, unwrap, walk, type Node } from "../../../syntax/ast.js";
import { parseModule, type SourceModule } from "../../../syntax/source-module.js";
import type { Provenance } from "../../model.js";
import type { SqlFile } from "../sql.js";

/** The files of one database, and the way to what they import. */
export interface CodeFiles {
  readonly files: readonly SqlFile[];
  /** Files that configure the library and declare nothing themselves. */
  readonly configs: readonly SqlFile[];
  /** Files of other packages that declare with the same library: base classes and targets of relations. */
  readonly related: readonly string[];
  readonly read: (file: string) => string | undefined;
  /** The module in a file; undefined when it is too broken for a tree. */
  readonly parse: (file: string, text: string) => CodeModule | undefined;
  /** The file that an import means. `installed` is a package outside the workspace. */
  readonly resolve: (specifier: string, from: string) => Resolution;
}

export type Resolution = { readonly file: string } | "installed" | "unknown";

/** What a name is bound to. */
export type Binding =
  | { readonly kind: "node"; readonly node: Node; readonly module: CodeModule }
  /** A member of what a pattern takes apart: `const { User } = models`. */
  | { readonly kind: "part"; readonly of: Node; readonly name: string; readonly module: CodeModule }
  | { readonly kind: "parameter"; readonly fn: Node; readonly position: number; readonly name: string; readonly member?: string }
  | { readonly kind: "external"; readonly specifier: string; readonly path: readonly string[] };

interface Import {
  readonly specifier: string;
  /** Exported name; `default`, or `*` for the whole module. */
  readonly name: string;
}

export class CodeModule {
  readonly source: SourceModule;
  readonly imports: Map<string, Import> = new Map();
  /** Exported name → local name, expression or re-export. */
  readonly exports: Map<string, string | Node | Import> = new Map();
  /** `export * from` */
  readonly stars: string[] = [];
  #assigned: ReadonlyMap<string, readonly Node[]> | undefined;
  readonly #blocks = new Map<Node, ReadonlyMap<string, Node | { readonly of: Node; readonly name: string }>>();

  constructor(source: SourceModule) {
    this.source = source;
    for (const statement of source.program.body) {
      switch (statement.type) {
        case "ImportDeclaration":
          for (const specifier of statement.specifiers) {
            const name = specifier.type === "ImportSpecifier" ? nameOf(specifier.imported) : specifier.type === "ImportDefaultSpecifier" ? "default" : "*";
            this.imports.set(specifier.local.name, { specifier: statement.source.value, name });
          }
          break;
        case "ExportNamedDeclaration":
          for (const specifier of statement.specifiers) {
            const exported = nameOf(specifier.exported);
            const local = nameOf(specifier.local);
            this.exports.set(exported, statement.source ? { specifier: statement.source.value, name: local } : local);
          }
          if (statement.declaration) for (const name of declaredBy(statement.declaration).keys()) this.exports.set(name, name);
          break;
        case "ExportAllDeclaration":
          if (statement.exported) this.exports.set(nameOf(statement.exported), { specifier: statement.source.value, name: "*" });
          else this.stars.push(statement.source.value);
          break;
        case "ExportDefaultDeclaration":
          this.exports.set("default", statement.declaration);
          break;
        case "TSExportAssignment":
          this.#exportAll(statement.expression);
          break;
        case "ExpressionStatement":
          this.#commonJs(statement.expression);
          break;
        default:
          break;
      }
    }
  }

  at(node: Node, kind: Provenance["kind"]): Provenance {
    return { file: this.source.path, line: this.source.lineOf(node.range[0]), kind };
  }

  /** The declaration of a name in the blocks around a place; a function when the name is its parameter. */
  declared(name: string, at: Node): Exclude<Binding, { kind: "external" }> | undefined {
    for (let node: Node | undefined = at; node; node = node.parent) {
      if (isFunction(node)) {
        for (const [position, parameter] of node.params.entries()) {
          const pattern = parameter.type === "AssignmentPattern" ? parameter.left : parameter;
          if (pattern.type === "Identifier" && pattern.name === name) return this.#isAssigned(name, node) ? { kind: "node", node: pattern.parent, module: this } : { kind: "parameter", fn: node, position, name };
          if (pattern.type !== "ObjectPattern") continue;
          for (const property of pattern.properties) {
            if (property.type !== "Property") continue;
            const local = property.value.type === "AssignmentPattern" ? property.value.left : property.value;
            const member = keyName(property);
            if (local.type === "Identifier" && local.name === name && member !== undefined) return { kind: "parameter", fn: node, position, name, member };
          }
        }
      }
      if (node.type !== "BlockStatement" && node.type !== "Program") continue;
      const found = this.#block(node).get(name);
      if (found === undefined) continue;
      // A variable that is assigned later: its declaration is no expression, so nothing is known of its value.
      if (!("of" in found) && found.parent?.type === "VariableDeclarator" && found.parent.parent.kind !== "const" && this.#isAssigned(name, node)) return { kind: "node", node: found.parent, module: this };
      return "of" in found ? { kind: "part", of: found.of, name: found.name, module: this } : { kind: "node", node: found, module: this };
    }
    return undefined;
  }

  #isAssigned(name: string, within: Node): boolean {
    if (this.#assigned === undefined) {
      const assigned = new Map<string, Node[]>();
      walk(this.source.program, (node) => {
        const target = node.type === "AssignmentExpression" ? node.left : node.type === "UpdateExpression" ? node.argument : undefined;
        if (target?.type === "Identifier") assigned.set(target.name, [...(assigned.get(target.name) ?? []), node]);
        return undefined;
      });
      this.#assigned = assigned;
    }
    return (this.#assigned.get(name) ?? []).some((node) => contains(within, node));
  }

  #block(block: Node): ReadonlyMap<string, Node | { readonly of: Node; readonly name: string }> {
    const known = this.#blocks.get(block);
    if (known !== undefined) return known;
    const names = new Map<string, Node | { readonly of: Node; readonly name: string }>();
    if (block.type === "BlockStatement" || block.type === "Program") {
      for (const statement of block.body) {
        const declaration = statement.type === "ExportNamedDeclaration" || statement.type === "ExportDefaultDeclaration" ? statement.declaration : statement;
        if (declaration) for (const [name, node] of declaredBy(declaration)) names.set(name, node);
      }
    }
    this.#blocks.set(block, names);
    return names;
  }

  /** `module.exports = …`, `module.exports.x = …`, `exports.x = …` */
  #commonJs(expression: Node): void {
    if (expression.type !== "AssignmentExpression" || expression.left.type !== "MemberExpression") return;
    const { left, right } = expression;
    if (isModuleExports(left)) {
      this.#exportAll(right);
      return;
    }
    const name = memberName(left);
    const object = unwrap(left.object);
    if (name !== undefined && ((object.type === "Identifier" && object.name === "exports") || (object.type === "MemberExpression" && isModuleExports(object)))) this.exports.set(name, right);
  }

  #exportAll(node: Node): void {
    // `module.exports = exports = X`
    const value: Node = node.type === "AssignmentExpression" ? node.right : node;
    this.exports.set("default", value);
    if (value.type !== "ObjectExpression") return;
    for (const property of value.properties) {
      const name = property.type === "Property" ? keyName(property) : undefined;
      if (name !== undefined && property.type === "Property") this.exports.set(name, property.value);
    }
  }
}

function isModuleExports(node: Node): boolean {
  if (node.type !== "MemberExpression") return false;
  const object = unwrap(node.object);
  return object.type === "Identifier" && object.name === "module" && memberName(node) === "exports";
}

function nameOf(node: Node): string {
  return node.type === "Identifier" ? node.name : (literalString(node) ?? "");
}

/** The names that a declaration binds, with their initialisers. */
function declaredBy(declaration: Node): ReadonlyMap<string, Node | { readonly of: Node; readonly name: string }> {
  const names = new Map<string, Node | { readonly of: Node; readonly name: string }>();
  if (declaration.type === "VariableDeclaration") {
    for (const { id, init } of declaration.declarations) {
      // `let type;` is assigned later.
      if (id.type === "Identifier") names.set(id.name, init ?? id);
      if (init === null || id.type !== "ObjectPattern") continue;
      for (const property of id.properties) {
        const name = property.type === "Property" ? keyName(property) : undefined;
        if (property.type === "Property" && property.value.type === "Identifier" && name !== undefined) names.set(property.value.name, { of: init, name });
      }
    }
  } else if ((isFunction(declaration) || isClass(declaration) || declaration.type === "TSEnumDeclaration") && declaration.id?.type === "Identifier") names.set(declaration.id.name, declaration);
  return names;
}

/** Modules that several databases of a workspace take from. Cleared when all of them were read: trees are large. */
export class ParsedModules {
  readonly #modules = new Map<string, { readonly text: string; readonly module: CodeModule | undefined }>();

  parse(file: string, text: string): CodeModule | undefined {
    const known = this.#modules.get(file);
    if (known?.text === text) return known.module;
    const source = parseModule(file, text);
    const module = source === undefined ? undefined : new CodeModule(source);
    this.#modules.set(file, { text, module });
    return module;
  }

  clear(): void {
    this.#modules.clear();
  }
}

/** Re-exports that are followed one after another at most. */
const DEEPEST = 8;
/** Modules that are parsed beyond the declaring ones at most. */
const MAX_FOLLOWED = 400;

export class CodeModules {
  readonly modules: readonly CodeModule[];
  readonly configs: readonly CodeModule[];
  /** Declaring files that could not be parsed. */
  readonly broken: readonly string[];
  readonly #files: CodeFiles;
  readonly #known = new Map<string, CodeModule | undefined>();
  /** Imports that were followed, by module, specifier and name. */
  readonly #found = new WeakMap<CodeModule, Map<string, Binding | undefined>>();
  /** Exported name → files of other packages that export it. */
  #relatedNames: ReadonlyMap<string, readonly string[]> | undefined;
  #followed = 0;

  constructor(files: CodeFiles) {
    this.#files = files;
    const parse = ({ file, text }: SqlFile): CodeModule | undefined => {
      const module = files.parse(file, text);
      this.#known.set(file, module);
      return module;
    };
    this.modules = files.files.flatMap((file) => parse(file) ?? []);
    this.configs = files.configs.flatMap((file) => this.#known.get(file.file) ?? parse(file) ?? []);
    this.broken = files.files.filter(({ file }) => this.#known.get(file) === undefined).map(({ file }) => file);
  }

  /** What a name means at a place of a module. */
  find(name: string, at: Node, module: CodeModule): Binding | undefined {
    const own = module.declared(name, at);
    if (own !== undefined) return own;
    const imported = module.imports.get(name);
    return imported === undefined ? undefined : this.imported(imported.specifier, imported.name, module, 0);
  }

  /** What `require` gives: the default export where it is one, the whole module otherwise. */
  required(specifier: string, from: CodeModule): Binding {
    const resolution = this.#files.resolve(specifier, from.source.path);
    const target = typeof resolution === "object" ? this.#module(resolution.file) : undefined;
    if (target === undefined) return { kind: "external", specifier, path: [] };
    const whole = target.exports.get("default");
    return whole !== undefined && typeof whole !== "string" && !("specifier" in whole) ? { kind: "node", node: whole, module: target } : { kind: "node", node: target.source.program, module: target };
  }

  /** What a module exports under a name. */
  imported(specifier: string, name: string, from: CodeModule, depth: number): Binding | undefined {
    const known = this.#found.get(from) ?? new Map<string, Binding | undefined>();
    this.#found.set(from, known);
    const key = `${specifier}\0${name}`;
    if (known.has(key)) return known.get(key);
    const external: Binding = { kind: "external", specifier, path: name === "*" || name === "default" ? [] : [name] };
    // Modules may import each other in a circle.
    known.set(key, external);
    const found = this.#imported(specifier, name, from, depth) ?? external;
    known.set(key, found);
    return found;
  }

  #imported(specifier: string, name: string, from: CodeModule, depth: number): Binding | undefined {
    if (depth > DEEPEST) return undefined;
    const resolution = this.#files.resolve(specifier, from.source.path);
    if (resolution === "installed") return undefined;
    const target = resolution === "unknown" ? undefined : this.#module(resolution.file);
    if (target === undefined) return this.#related(name);
    if (name === "*") return { kind: "node", node: target.source.program, module: target };
    return this.exported(target, name, depth) ?? this.#related(name);
  }

  exported(target: CodeModule, name: string, depth = 0): Binding | undefined {
    const own = target.exports.get(name);
    if (typeof own === "string") return this.find(own, target.source.program, target);
    if (own !== undefined && "specifier" in own) return this.imported(own.specifier, own.name, target, depth + 1);
    if (own !== undefined) return { kind: "node", node: own, module: target };
    if (name === "default" || depth > DEEPEST) return undefined;
    for (const specifier of target.stars) {
      const resolution = this.#files.resolve(specifier, target.source.path);
      const next = typeof resolution === "object" ? this.#module(resolution.file) : undefined;
      const found = next === undefined || next === target ? undefined : this.exported(next, name, depth + 1);
      if (found !== undefined && found.kind !== "external") return found;
    }
    return undefined;
  }

  /** The only declaring module, here or in another package, that exports the name. */
  #related(name: string): Binding | undefined {
    if (name === "*" || name === "default") return undefined;
    const own = this.modules.filter((module) => module.exports.has(name));
    if (own.length > 0) return own[0] !== undefined && own.length === 1 ? this.exported(own[0], name, DEEPEST) : undefined;
    const [only, ...others] = this.#namesOfRelated().get(name) ?? [];
    const module = only === undefined || others.length > 0 ? undefined : this.#module(only);
    return module === undefined ? undefined : this.exported(module, name, DEEPEST);
  }

  #namesOfRelated(): ReadonlyMap<string, readonly string[]> {
    if (this.#relatedNames !== undefined) return this.#relatedNames;
    const names = new Map<string, string[]>();
    for (const file of this.#files.related) {
      for (const match of (this.#files.read(file) ?? "").matchAll(/^export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:class|const|function|enum)\s+([\w$]+)/gmu)) {
        const list = names.get(match[1] ?? "") ?? [];
        list.push(file);
        names.set(match[1] ?? "", list);
      }
    }
    this.#relatedNames = names;
    return names;
  }

  #module(file: string): CodeModule | undefined {
    if (this.#known.has(file)) return this.#known.get(file);
    const text = this.#followed >= MAX_FOLLOWED ? undefined : this.#files.read(file);
    this.#followed += 1;
    const module = text === undefined ? undefined : this.#files.parse(file, text);
    this.#known.set(file, module);
    return module;
  }
}

/** Every node of a type that the callback accepts, in source order. */
export function nodesOf<Found extends Node>(root: Node, accept: (node: Node) => node is Found): readonly Found[] {
  const found: Found[] = [];
  walk(root, (node) => {
    if (accept(node)) found.push(node);
    return undefined;
  });
  return found;
}
