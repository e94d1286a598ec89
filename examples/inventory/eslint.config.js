import parser from "@typescript-eslint/parser";
import { defineConfig } from "eslint/config";
import queryGuard from "eslint-plugin-query-guard";

export default defineConfig([
  {
    files: ["**/*.ts"],
    languageOptions: { parser },
    extends: [queryGuard.configs.recommended],
  },
]);
