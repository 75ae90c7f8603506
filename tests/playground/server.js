// Serves the built page on loopback. A path can be given other contents, as a hostile plugin would have.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".wasm": "application/wasm" };

/** Starts. Returns its address, `replaced` (contents by path), and `close`. */
export async function serve(folder) {
    const replaced = new Map();
    const server = createServer(async (request, response) => {
        const path = normalize(new URL(request.url, "http://localhost").pathname).replace(/\/$/, "/index.html");
        try {
            const contents = replaced.get(path) ?? (await readFile(join(folder, path)));
            response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(contents);
        } catch {
            response.writeHead(404).end();
        }
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = () => {
        server.close();
        server.closeAllConnections();
    };
    return { address: `http://127.0.0.1:${server.address().port}/`, replaced, close };
}
