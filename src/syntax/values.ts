/** What an expression can be proved to evaluate to, as far as receivers need it. */
import type { ClassNode, FunctionNode, Node } from "./ast.js";
import type { TSESTree } from "@typescript-eslint/utils";
import type { LibraryId } from "../query/model.js";
import type { SourceModule } from "./source-module.js";

export interface NodeRef<N extends Node = Node> {
  readonly node: N;
  readonly module: SourceModule;
}

/** A type argument: as it is written, what stands for it at a call, or by the name the checker gives it. */
export type TypeArgument = NodeRef | { readonly typeName: string };

export interface ClassOwner extends NodeRef<ClassNode> {
  /** The value is the class itself, not an instance of it. */
  readonly isStatic: boolean;
  /** What it extends, where a call says so: `(Base) => class extends Base { … }`. */
  readonly base?: Value;
}

/** A value that belongs to a library: its client, a table object, a builder, one of its operators. */
export interface LibraryValue {
  readonly kind: "library";
  readonly library: LibraryId;
  /**
   * The role in the library's own terms (`client`, `delegate`, `table`, …). Only its adapter knows them, but for `symbol`:
   * what stands as a computed key of an object (`[Op.gt]`), which is read as the key `Symbol(gt)` by its name.
   */
  readonly role: string;
  /** Name of the export, model, method or column, as the role needs it. */
  readonly name?: string;
  /** What it was derived from: the table of a column, the client of a delegate. */
  readonly parent?: LibraryValue;
  /** Where it is made (the call of `pgTable`, the class that extends the client). */
  readonly at?: NodeRef;
  /** The class of the project that it is, or that it is an instance of: its own members come before those of the library. */
  readonly owner?: ClassOwner;
  /** A row of the class that the expression, or the type, names: its members are those of an instance of the class. */
  readonly rowOf?: NodeRef;
  /** The arguments of its type, where it is known by its type: `Repository<User>`, a class that extends it. */
  readonly typeArguments?: readonly TypeArgument[];
  /** The object whose members the program adds to it: `repository.extend({ … })`. */
  readonly added?: NodeRef<TSESTree.ObjectExpression>;
  readonly evidence: "types" | "origin" | "shape" | "settings";
}

export type FunctionValue = { readonly kind: "function"; readonly node: FunctionNode; readonly module: SourceModule };

/** A parameter that nothing says more about: what it is, the caller decides. `path` leads into it. */
export interface ParameterValue {
  readonly kind: "parameter";
  readonly function: FunctionNode;
  readonly module: SourceModule;
  readonly index: number;
  readonly path: readonly string[];
}

export type Value =
  | LibraryValue
  | FunctionValue
  | ParameterValue
  /** `base` as in {@link ClassOwner}. */
  | { readonly kind: "class"; readonly node: ClassNode; readonly module: SourceModule; readonly base?: Value }
  | { readonly kind: "instance"; readonly node: ClassNode; readonly module: SourceModule }
  | { readonly kind: "object"; readonly node: TSESTree.ObjectExpression; readonly module: SourceModule }
  /** A value of an object type, a function type or a list of what is known: its members have the types the type states. */
  | { readonly kind: "typed"; readonly node: Node; readonly module: SourceModule; /** Of the alias or interface that states the type. */ readonly typeArguments?: readonly TypeArgument[] }
  /** What a function out of sight makes of a class it is given: `softDelete({ … })(Model)`. A class that extends it extends that class. */
  | { readonly kind: "made"; readonly node: TSESTree.CallExpression; readonly module: SourceModule }
  | { readonly kind: "namespace"; readonly module: SourceModule }
  /** An export of a package that no library claims. */
  | { readonly kind: "external"; readonly specifier: string; readonly name: string }
  /** A method of a library value that is not called yet: `const { findMany } = prisma.user`. */
  | { readonly kind: "method"; readonly receiver: LibraryValue; readonly name: string }
  /** `Parameters<F>` and the parameters themselves, for types like `Parameters<Parameters<typeof db.transaction>[0]>[0]`. */
  | { readonly kind: "parameters"; readonly of: Value }
  | { readonly kind: "callback"; readonly receiver: LibraryValue; readonly method: string; readonly argument: number }
  | { readonly kind: "literal"; readonly value: string | number | boolean | bigint | null | undefined; /** Where a text is written. */ readonly at?: NodeRef }
  /** A text that is put together: a template with holes, a concatenation. What it is, `text.ts` reads. */
  | { readonly kind: "text"; readonly node: TSESTree.TemplateLiteral | TSESTree.BinaryExpression; readonly module: SourceModule }
  | { readonly kind: "unknown" };

export const UNKNOWN: Value = { kind: "unknown" };

/** One library's part of the evaluation: which exports it has and what follows from them. Pure; knows nothing of the project. */
export interface LibraryModel {
  readonly id: LibraryId;
  /** Role of a value that the settings name as a client of the library; absent where there is no such thing. */
  readonly client?: string;
  /** Is this module specifier the library's? `@prisma/client`, `drizzle-orm/pg-core`, also an unresolved generated client. */
  owns(specifier: string): boolean;
  /** An export used as a value: class, factory, operator. `name` is dotted for members (`Prisma.sql`). */
  exported(specifier: string, name: string): LibraryValue | undefined;
  /** A value of this exported type: `PoolClient`, `NodePgDatabase`, `Prisma.TransactionClient`. */
  typed(specifier: string, name: string): LibraryValue | undefined;
  /**
   * A value whose type the project declares itself, as a generated client's is: by what its methods give. `names` are the
   * names of the type.
   */
  behaving?(resultsOf: (method: string) => readonly NamedType[], names: readonly NamedType[]): LibraryValue | undefined;
  /**
   * An export, or a type, of a module that is not found or does not say what it exports: a client that is generated before
   * the build. Only names that are this library's alone.
   */
  unexplained?(specifier: string, name: string, asType: boolean): LibraryValue | undefined;
  /** `new value(…)`, or an instance of a class that extends it. */
  construct?(value: LibraryValue, at: NodeRef): LibraryValue | undefined;
  /** A class of the project that extends the value, used as a value: the model of an active record. */
  extended?(value: LibraryValue, at: NodeRef<ClassNode>): LibraryValue | undefined;
  /** What a parameter or a field holds that the call of a decorator of the library stands at: `@InjectRepository(User)`. */
  decorated?(decorator: LibraryValue, at: NodeRef): LibraryValue | undefined;
  /** `this` in the functions of an object that is an argument of `value.method(…)`. */
  self?(value: LibraryValue, method: string, argument: number, at: NodeRef<TSESTree.CallExpression>): LibraryValue | undefined;
  /** `value(…)` */
  call?(value: LibraryValue, at: NodeRef<TSESTree.CallExpression>): LibraryValue | undefined;
  /** `value.name`, not called. */
  member?(value: LibraryValue, name: string): LibraryValue | undefined;
  /** `value.name(…)` */
  method?(value: LibraryValue, name: string, at: NodeRef<TSESTree.CallExpression>): LibraryValue | undefined;
  /** What awaiting the value gives: the rows of a builder. Absent: the value stands for what it resolves to as well. */
  awaited?(value: LibraryValue): LibraryValue | undefined;
  /** What a loop over the value is given, and what an index that is not known picks. */
  element?(value: LibraryValue): LibraryValue | undefined;
  /** The member of an object whose members are assigned under computed names, `value` among them: `db[model.name] = model`. */
  listed?(value: LibraryValue, name: string): LibraryValue | undefined;
  /** What a function of a module that is chosen at run time gives for these arguments: `require(path)(sequelize)`. */
  loaded?(argument: LibraryValue): LibraryValue | undefined;
  /** `something.name(…)` of which nothing else is known: a value only where the shape of the call is this library's alone. */
  shaped?(name: string, at: NodeRef<TSESTree.CallExpression>): LibraryValue | undefined;
  /** ``value`…` `` */
  tag?(value: LibraryValue, at: NodeRef): LibraryValue | undefined;
  /** The parameter of a function that is passed as an argument of `value.method(…)`; `method` is empty for `value(…)`. */
  callback?(value: LibraryValue, method: string, argument: number, parameter: number): LibraryValue | undefined;
  /** The argument of `value.method(…)` that the parameter of such a function is: `transaction(User, Order, async (User, Order) => …)`. */
  handedOn?(value: LibraryValue, method: string, argument: number, parameter: number): number | undefined;
}

/** A library value that the code itself gives. */
export function libraryValue(library: LibraryId, role: string, more?: Partial<Omit<LibraryValue, "kind" | "library" | "role">>): LibraryValue {
  return { kind: "library", library, role, evidence: "origin", ...more };
}

/** How modules are found and loaded. */
export interface ModuleGraph {
  /** What an import means: a file of the project, or a package (also: what cannot be resolved). */
  resolve(specifier: string, from: string): { readonly module: SourceModule } | { readonly specifier: string };
}

/** A type by its name and the module that declares it. */
export interface NamedType {
  readonly specifier: string;
  readonly name: string;
  /** Declared by the project, not by a package. */
  readonly inProject: boolean;
  /** Names of its type arguments; undefined for one without a name, and for a type parameter. */
  readonly typeArguments?: readonly (string | undefined)[];
}

/** What a type checker says, when the parser offers one. */
export interface TypeEvidence {
  /** The named types an expression may have, each with the file and the package that declare it. Empty for `any` and unnamed types. */
  typesOf(node: Node): readonly NamedType[];
  /** The named types that a method of the expression gives. */
  resultsOf(node: Node, method: string): readonly NamedType[];
  /** Undefined when the type says nothing (`any`, `unknown`). `text` is the type as a person reads it. */
  undefinable(node: Node): { readonly answer: boolean; readonly text: string } | undefined;
}
