/** Sequelize 6 and 7, and sequelize-typescript. */
import { ANY_NAME, type Adapter } from "../contract.js";
import { DYNAMIC_METHODS, ROW_METHODS, STATIC_METHODS, sequelizeCall } from "./calls.js";
import { PACKAGES, SEQUELIZE, sequelizeModel } from "./model.js";
import { lowerRawCall } from "./raw.js";
import { lowerAssociationCall, lowerModelCall, lowerRowCall } from "./statement.js";

export const sequelize: Adapter = {
  id: SEQUELIZE,
  title: "Sequelize",
  model: sequelizeModel,
  // Associations add methods of their own names: `getPosts`.
  names: new Set([...Object.keys(STATIC_METHODS), ...ROW_METHODS, ...DYNAMIC_METHODS, "query", ANY_NAME]),
  packages: PACKAGES,
  common: new Set(["min", "max", "sum"]),
  recognise(candidate, context) {
    const call = candidate.type === "CallExpression" ? sequelizeCall(candidate, context) : undefined;
    switch (call?.kind) {
      case "model":
        return lowerModelCall(call, context);
      case "row":
        return lowerRowCall(call, context);
      case "association":
        return lowerAssociationCall(call, context);
      case "raw":
        return lowerRawCall(call, context);
      case undefined:
        return undefined;
    }
  },
};
