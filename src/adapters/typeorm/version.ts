/** What differs between releases of TypeORM, by the version that the project declares. */
import type { AdapterContext } from "../contract.js";

export interface Behaviour {
  /**
   * A condition of a find option whose value is undefined or null: dropped up to 0.3, rejected from 1.0. The option
   * `invalidWhereValuesBehavior` of the data source may say otherwise; where it is not known, nor is this.
   */
  readonly undefinedValue: "dropped" | "rejected" | "unknown";
  /** `delete({})`, `update({}, …)`: every row before 0.3.23, rejected since. */
  readonly emptyCriteria: "every row" | "rejected" | "unknown";
}

/** Names under which the package may be declared. */
const NAMES = ["typeorm"];

export function behaviourOf(context: AdapterContext): Behaviour {
  const declared = NAMES.flatMap((name) => context.version(name) ?? [])[0];
  // The lowest version of the range: `^0.3.20`, `>=0.2.45 <0.4`.
  const match = /(\d+)\.(\d+|x)(?:\.(\d+))?/u.exec(declared ?? "") ?? /^[\^~]?(\d+)$/u.exec(declared ?? "");
  if (!match) return { undefinedValue: "unknown", emptyCriteria: "unknown" };
  const [major = 0, minor = 0, patch = 0] = match.slice(1).map((part) => (part === undefined || part === "x" ? 0 : Number(part)));
  const isOld = major === 0 && (minor < 3 || (minor === 3 && patch < 23));
  return { undefinedValue: major === 0 ? "dropped" : "rejected", emptyCriteria: isOld ? "every row" : "rejected" };
}
