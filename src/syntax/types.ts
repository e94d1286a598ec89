/** Evidence from the type checker, when the parser offers one. Types only: TypeScript itself is never loaded from here. */
import type ts from "typescript";
import type { Node } from "./ast.js";
import type { TypeEvidence } from "./values.js";

/** The part of typescript-eslint's parser services that is used. Guarded, since other parsers and oxlint offer none of it. */
interface TypedServices {
  readonly program: ts.Program;
  readonly getTypeAtLocation: (node: Node) => ts.Type;
}

const TYPE_FLAGS_ANY = 1;
const TYPE_FLAGS_UNKNOWN = 2;
/** `ts.TypeFlags.Undefined | ts.TypeFlags.Void`; the numbers differ between TypeScript 5 and 6, so the names are asked. */
const ABSENT_NAMES = new Set(["undefined", "void"]);

/** Type evidence from the parser services of a linted file; undefined when there is no type information. */
export function typeEvidence(services: unknown): TypeEvidence | undefined {
  if (!isTyped(services)) return undefined;
  const checker = services.program.getTypeChecker();
  const strict = isStrict(services.program.getCompilerOptions());
  return {
    typesOf(node) {
      const type = attempt(() => services.getTypeAtLocation(node));
      return type ? namesOf(type, checker, 0) : [];
    },
    undefinable(node) {
      // Without strict null checks no type mentions undefined.
      const type = strict ? attempt(() => services.getTypeAtLocation(node)) : undefined;
      if (!type || (type.flags & (TYPE_FLAGS_ANY | TYPE_FLAGS_UNKNOWN)) !== 0) return undefined;
      const parts = type.isUnion() ? type.types : [type];
      const text = checker.typeToString(type);
      return { answer: parts.some((part) => ABSENT_NAMES.has(checker.typeToString(part))), text };
    },
  };
}

function isTyped(services: unknown): services is TypedServices {
  if (typeof services !== "object" || services === null) return false;
  const program: unknown = Reflect.get(services, "program");
  return typeof program === "object" && program !== null && typeof Reflect.get(services, "getTypeAtLocation") === "function";
}

function isStrict(options: ts.CompilerOptions): boolean {
  return options.strictNullChecks ?? options.strict ?? false;
}

function namesOf(type: ts.Type, checker: ts.TypeChecker, depth: number): { readonly specifier: string; readonly name: string }[] {
  if (depth > 3) return [];
  const names: { specifier: string; name: string }[] = [];
  for (const symbol of [type.aliasSymbol, type.getSymbol()]) {
    const declaration = symbol?.declarations?.[0];
    if (symbol && declaration) names.push({ specifier: specifierOf(declaration.getSourceFile().fileName), name: symbol.getName() });
  }
  // `Omit<PrismaClient, …>`, `Promise<Pool>`: what the type is about is its first argument.
  const argument = type.aliasTypeArguments?.[0];
  if (argument && /^(?:Omit|Pick|Readonly|Partial|Required)$/u.test(type.aliasSymbol?.getName() ?? "")) names.push(...namesOf(argument, checker, depth + 1));
  if (type.getSymbol()?.getName() === "Promise") {
    const [awaited] = checker.getTypeArguments(type as ts.TypeReference);
    if (awaited) names.push(...namesOf(awaited, checker, depth + 1));
  }
  if (type.isUnionOrIntersection()) for (const part of type.types) names.push(...namesOf(part, checker, depth + 1));
  for (const base of type.isClassOrInterface() ? checker.getBaseTypes(type) : []) names.push(...namesOf(base, checker, depth + 1));
  return names;
}

/** The package that holds a file, as code would import it; the path itself for a file of the project. */
export function specifierOf(file: string): string {
  const marker = "/node_modules/";
  const at = file.lastIndexOf(marker);
  if (at < 0) return file;
  const parts = file.slice(at + marker.length).split("/");
  const [first = "", second = ""] = parts;
  if (first === "@types") return second.includes("__") ? `@${second.replace("__", "/")}` : second;
  return first.startsWith("@") ? `${first}/${second}` : first;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    // The checker fails on trees it did not make (a processor's virtual file); the other evidence remains.
    return undefined;
  }
}
