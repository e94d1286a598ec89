/** Edits of find options that keep the call right. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { TextEdit } from "../../query/model.js";
import type { ObjectShape } from "../../syntax/objects.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { optionEdit } from "../option-edit.js";

export interface LimitPlace {
  readonly call: TSESTree.CallExpression;
  /** The argument that holds the options: the second of a manager's call. */
  readonly position: number;
  readonly args: ObjectShape;
  readonly rows: number;
  readonly module: SourceModule;
  readonly limited: boolean;
}

/** Adds `take`, or a number in place of a `take` that may be undefined. */
export function limitEdit({ call, position, args, rows, module }: LimitPlace): readonly TextEdit[] | undefined {
  return optionEdit({ call, position, key: "take", args }, rows, module);
}
