// A static host with nothing special about it, and ways to make it slow or broken.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

// WASM goes out under the type of a host that has never heard of it: the page must not mind.
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".wasm": "application/octet-stream" };

/** Run first in the page: keeps what goes wrong, for browsers whose driver does not tell. */
const RECORDER = `<script>
window.recorded = [];
addEventListener("error", (e) => recorded.push(String(e.message)));
addEventListener("unhandledrejection", (e) => recorded.push(String(e.reason)));
for (const method of ["error", "assert"]) {
  const original = console[method];
  console[method] = (...args) => { recorded.push(args.map(String).join(" ")); original.apply(console, args); };
}
</script>`;

/**
 * Serves `folder` on 127.0.0.1.
 * - `pages`: HTML by path, beside the files
 * - `cors`: let pages without an origin load files
 * - `intercept(path, response)`: true when it has answered itself
 * A request with `record` in its query gets the page with the recorder in it.
 */
export async function serve(folder, { pages = {}, cors = false, intercept = () => false } = {}) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    const path = url.pathname.endsWith("/") ? `${url.pathname}index.html` : url.pathname;
    if (await intercept(path, response)) return;
    try {
      let body = pages[path] ?? (await readFile(join(folder, normalize(path))));
      if (path.endsWith(".html") && url.searchParams.has("record")) {
        body = String(body).replace("<head>", `<head>${RECORDER}`);
      }
      const headers = { "Content-Type": TYPES[extname(path)] ?? "text/plain", "Content-Length": Buffer.byteLength(body) };
      if (cors) headers["Access-Control-Allow-Origin"] = "*";
      response.writeHead(200, headers).end(body);
    } catch {
      response.writeHead(404, { "Content-Type": "text/plain" }).end("not found");
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
}
