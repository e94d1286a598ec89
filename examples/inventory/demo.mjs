// Reviews this service through ESLint's own command line. Findings are what it is for: only a lint that failed fails.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const manifest = require.resolve("eslint/package.json");
const eslint = join(dirname(manifest), require(manifest).bin.eslint);

const lint = spawnSync(process.execPath, [eslint, "--format", "stylish", "src"], {
  cwd: dirname(fileURLToPath(import.meta.url)),
  // The plugin prints how many of the queries it understood when the lint is over.
  env: { ...process.env, QUERY_GUARD_COVERAGE: "1" },
  stdio: "inherit",
});

if (lint.error) throw lint.error;
process.exitCode = lint.status === 0 || lint.status === 1 ? 0 : 2;
