import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/setup.ts"],
    // A bug of the plugin fails the test loudly instead of becoming one of its own reports.
    env: { QUERY_GUARD_THROW: "1" },
    testTimeout: 20_000,
  },
});
