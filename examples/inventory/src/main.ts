import { serve } from "@hono/node-server";
import { config } from "./config.js";
import { pg } from "./db/client.js";
import { startService } from "./service.js";

const started = Date.now();
const app = await startService();
const server = serve({ fetch: app.fetch, port: config.port }, (address) => {
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`inventory (release ${config.release}) listens on http://localhost:${address.port} after ${seconds} s`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    server.close(() => void pg.close());
  });
}
