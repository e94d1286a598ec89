/** Evidence from the type checker, when the parser offers one. Types only: TypeScript itself is never loaded from here. */
import type ts from "typescript";
import { memberName, wrapped, type Node } from "./ast.js";
import type { NamedType, TypeEvidence } from "./values.js";

/** The part of typescript-eslint's parser services that is used. Guarded, since other parsers and oxlint offer none of it. */
interface TypedServices {
  readonly program: ts.Program;
  readonly getTypeAtLocation: (node: Node) => ts.Type;
}

/** `ts.TypeFlags.Any` and `Unknown`: the first of the enumeration in every release. */
const ANY = 1;
const UNKNOWN = 2;
/** `ts.ObjectFlags.ClassOrInterface` and `Reference`. */
const CLASS_OR_INTERFACE = 3;
const REFERENCE = 4;
/** Types that are about their first argument. */
const ABOUT_ARGUMENT = new Set(["Omit", "Pick", "Readonly", "Partial", "Required", "NonNullable", "Awaited", "Promise", "PromiseLike"]);
const PACKAGES = "/node_modules/";
/** A union of a hundred clients is none that a person wrote. */
const MAX_NAMES = 24;
const MAX_DEPTH = 5;

/** Type evidence from the parser services of a linted file; undefined when there is no type information. */
export function typeEvidence(services: unknown): TypeEvidence | undefined {
  if (!isTyped(services)) return undefined;
  const reader = new TypeReader(services.program.getTypeChecker());
  const strict = isStrict(services.program.getCompilerOptions());
  const types = new WeakMap<Node, { readonly type: ts.Type | undefined }>();
  const typeOf = (node: Node): ts.Type | undefined => {
    let known = types.get(node);
    if (!known) {
      const type = attempt(() => services.getTypeAtLocation(node));
      known = { type: type && (type.flags & (ANY | UNKNOWN)) === 0 ? type : undefined };
      types.set(node, known);
    }
    return known.type;
  };
  return {
    typesOf(node) {
      const type = typeOf(node);
      if (!type) return [];
      const member = usedMember(node);
      return attempt(() => [...reader.names(type), ...(member === undefined ? [] : reader.declarersOf(type, member))]) ?? [];
    },
    resultsOf(node, method) {
      const type = typeOf(node);
      return (type && attempt(() => reader.results(type, method))) ?? [];
    },
    undefinable(node) {
      // Without strict null checks no type mentions undefined.
      const type = strict ? typeOf(node) : undefined;
      return type && attempt(() => reader.undefinable(type));
    },
  };
}

/** Reads types; what it finds out about one is kept as long as the checker keeps it. */
class TypeReader {
  readonly #checker: ts.TypeChecker;
  readonly #names = new WeakMap<ts.Type, readonly NamedType[]>();
  readonly #declarers = new WeakMap<ts.Symbol, readonly NamedType[]>();

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  /** The types that a type is by name: itself, what it is an alias, a part or a subtype of. */
  names(type: ts.Type): readonly NamedType[] {
    let names = this.#names.get(type);
    if (!names) {
      const found: NamedType[] = [];
      this.#collect(type, found, 0);
      names = found;
      this.#names.set(type, names);
    }
    return names;
  }

  /** The types that declare a member: `Pick<Pool, "query">` has the `query` of `Pool`. */
  declarersOf(type: ts.Type, member: string): readonly NamedType[] {
    const property = this.#checker.getPropertyOfType(this.#awaited(type), member);
    if (!property) return [];
    let names = this.#declarers.get(property);
    if (!names) {
      names = (property.declarations ?? []).slice(0, MAX_NAMES).flatMap((declaration) => {
        const name = nameOfDeclaration(declaration.parent);
        return name === undefined ? [] : named(declaration, name);
      });
      this.#declarers.set(property, names);
    }
    return names;
  }

  /** The types that a method gives. */
  results(type: ts.Type, method: string): readonly NamedType[] {
    const property = this.#checker.getPropertyOfType(this.#awaited(type), method);
    const signatures = property ? this.#checker.getTypeOfSymbol(property).getCallSignatures() : [];
    return signatures.slice(0, 4).flatMap((signature) => {
      const result = this.#checker.getReturnTypeOfSignature(signature);
      return (result.flags & (ANY | UNKNOWN)) === 0 ? this.names(result) : [];
    });
  }

  undefinable(type: ts.Type): ReturnType<TypeEvidence["undefinable"]> {
    const whole = isParameter(type) ? this.#checker.getBaseConstraintOfType(type) : type;
    if (!whole || (whole.flags & (ANY | UNKNOWN)) !== 0) return undefined;
    const parts = whole.isUnion() ? whole.types : [whole];
    return { answer: parts.some(isAbsent), text: this.#checker.typeToString(type) };
  }

  #collect(type: ts.Type, names: NamedType[], depth: number): void {
    if (depth > MAX_DEPTH || names.length >= MAX_NAMES) return;
    for (const symbol of [type.aliasSymbol, type.getSymbol()]) {
      const declaration = symbol?.declarations?.[0];
      if (symbol && declaration) names.push(...named(declaration, symbol.getName(), this.#argumentsOf(type, symbol === type.aliasSymbol)));
    }
    for (const argument of this.#subjects(type)) this.#collect(argument, names, depth + 1);
    if (type.isUnionOrIntersection()) for (const part of type.types) this.#collect(part, names, depth + 1);
    const declared = declaredType(type);
    for (const base of declared ? this.#checker.getBaseTypes(declared) : []) this.#collect(base, names, depth + 1);
  }

  #argumentsOf(type: ts.Type, asAlias: boolean): readonly (string | undefined)[] {
    const types = asAlias ? (type.aliasTypeArguments ?? []) : isReference(type) ? this.#checker.getTypeArguments(type) : [];
    return types.slice(0, 4).map((argument) => (isParameter(argument) ? undefined : (argument.aliasSymbol ?? argument.getSymbol())?.getName()));
  }

  /** What a type is about: the type of a parameter is at least its bound, `Omit<PrismaClient, …>` is about its first argument. */
  #subjects(type: ts.Type): readonly ts.Type[] {
    if (isParameter(type)) {
      const bound = this.#checker.getBaseConstraintOfType(type);
      return bound && bound !== type ? [bound] : [];
    }
    const aliased = type.aliasTypeArguments?.[0];
    if (aliased && ABOUT_ARGUMENT.has(type.aliasSymbol?.getName() ?? "")) return [aliased];
    const [argument] = isReference(type) && ABOUT_ARGUMENT.has(type.getSymbol()?.getName() ?? "") ? this.#checker.getTypeArguments(type) : [];
    return argument ? [argument] : [];
  }

  /** What a promise resolves to, without what may be missing. */
  #awaited(type: ts.Type): ts.Type {
    const there = this.#checker.getNonNullableType(type);
    const [resolved] = isReference(there) && there.getSymbol()?.getName() === "Promise" ? this.#checker.getTypeArguments(there) : [];
    return this.#checker.getApparentType(resolved ?? there);
  }
}

/** The member that is read from an expression: `query` of `pool` in `pool.query`. */
function usedMember(node: Node): string | undefined {
  const outer = wrapped(node);
  const awaited = outer.parent?.type === "AwaitExpression" ? wrapped(outer.parent) : outer;
  return awaited.parent?.type === "MemberExpression" && awaited.parent.object === awaited ? memberName(awaited.parent) : undefined;
}

function nameOfDeclaration(node: ts.Node): string | undefined {
  // A class or an interface; `name` of other declarations may be a pattern.
  const name: unknown = Reflect.get(node, "name");
  const text: unknown = typeof name === "object" && name !== null ? Reflect.get(name, "text") : undefined;
  return typeof text === "string" ? text : undefined;
}

function named(declaration: ts.Node, name: string, typeArguments: readonly (string | undefined)[] = []): readonly NamedType[] {
  const { fileName } = declaration.getSourceFile();
  const inProject = !fileName.includes(PACKAGES);
  return specifiersOf(fileName).map((specifier) => ({ specifier, name, inProject, ...(typeArguments.length > 0 && { typeArguments }) }));
}

/** The class or interface that a type is, or is one of: `NodePgDatabase<Schema>` is one of `NodePgDatabase`. */
function declaredType(type: ts.Type): ts.InterfaceType | undefined {
  const target = isReference(type) ? type.target : type;
  return isDeclared(target) ? target : undefined;
}

function isDeclared(type: ts.Type): type is ts.InterfaceType {
  return "objectFlags" in type && (Number(type.objectFlags) & CLASS_OR_INTERFACE) !== 0;
}

/** Not TypeScript's own guard, which takes every type that is none for impossible. */
function isParameter(type: ts.Type): boolean {
  return type.isTypeParameter();
}

function isReference(type: ts.Type): type is ts.TypeReference {
  return "objectFlags" in type && (Number(type.objectFlags) & REFERENCE) !== 0 && "target" in type;
}

/** `undefined` or `void`. The numbers of their flags differ between releases of TypeScript, their names do not. */
function isAbsent(type: ts.Type): boolean {
  const name: unknown = Reflect.get(type, "intrinsicName");
  return name === "undefined" || name === "void";
}

function isTyped(services: unknown): services is TypedServices {
  if (typeof services !== "object" || services === null) return false;
  const program: unknown = Reflect.get(services, "program");
  return typeof program === "object" && program !== null && typeof Reflect.get(services, "getTypeAtLocation") === "function";
}

function isStrict(options: ts.CompilerOptions): boolean {
  return options.strictNullChecks ?? options.strict ?? false;
}

/**
 * The module that a declaration file is, as code would import it, and the package that holds it: `drizzle-orm/pg-core/db`,
 * `drizzle-orm`. The path itself for a file of the project.
 */
export function specifiersOf(file: string): readonly string[] {
  const at = file.lastIndexOf(PACKAGES);
  if (at < 0) return [file];
  const parts = file.slice(at + PACKAGES.length).split("/");
  const [first = "", second = ""] = parts;
  const isTypes = first === "@types";
  const name = isTypes ? (second.includes("__") ? `@${second.replace("__", "/")}` : second) : first.startsWith("@") ? `${first}/${second}` : first;
  const rest = parts.slice(isTypes || first.startsWith("@") ? 2 : 1).join("/").replace(/\.d\.[cm]?ts$/u, "");
  return rest === "" || rest === "index" ? [name] : [`${name}/${rest}`, name];
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    // The checker fails on trees it did not make (a processor's virtual file); the other evidence remains.
    return undefined;
  }
}
