/** The readers of entities and models in code, by their library. */
import { unreachable } from "../../base/exhaustive.js";
import type { SchemaDialect } from "../names.js";
import type { SchemaPart } from "../part.js";
import type { CodeFiles } from "./declarations/modules.js";
import { readMikroOrm } from "./mikroorm.js";
import { readSequelize } from "./sequelize.js";
import { readTypeorm } from "./typeorm.js";

export function readEntities(library: "typeorm" | "sequelize" | "mikroorm", files: CodeFiles, dialect: SchemaDialect): SchemaPart {
  switch (library) {
    case "typeorm":
      return readTypeorm(files, dialect);
    case "sequelize":
      return readSequelize(files, dialect);
    case "mikroorm":
      return readMikroOrm(files, dialect);
    default:
      return unreachable(library);
  }
}
